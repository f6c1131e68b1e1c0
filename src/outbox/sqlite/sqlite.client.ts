import type { Worker } from 'node:worker_threads';
import { AuditOutboxError } from '../../audit.errors.js';
import { stoodStill } from '../../event/standstill.js';
import { messageOf } from '../../event/text.js';
import {
  pack,
  type SqliteAnswers,
  type SqliteCall,
  type SqliteOperation,
  type SqliteOperations,
} from './sqlite.protocol.js';

/** What a call is to be told. */
interface Caller {
  resolve(this: void, result: unknown): void;
  reject(this: void, error: AuditOutboxError): void;
}

/**
 * A call that waits. A Map that forgets an entry still has it in the table that it grew out of, until V8 collects all
 * garbage; the caller, and with it the event and the request, must not be kept for so long.
 */
interface Waiting {
  caller?: Caller;
}

/** A thread that ends more often than this in a minute is not started again in it. */
const MAX_CRASHES = 5;
const CRASH_WINDOW_MS = 60_000;

/**
 * Puts calls to the thread and gives back its answers.
 *
 * Calls of one turn of the event loop go out as one message. The thread is started by the first call, and again by the
 * next one after it has crashed. It keeps the process alive only while calls wait. Every call ends: when the thread has not
 * answered any for `timeoutMs`, those that wait fail, and new ones fail at once until it answers again.
 */
export class SqliteClient {
  readonly #waiting = new Map<number, Waiting>();
  readonly #unsent: SqliteCall[] = [];
  #thread?: Worker;
  #lastCall = 0;
  #crashes: number[] = [];
  #watch?: NodeJS.Timeout;
  #lastAnswerAt = 0;
  #stuck = false;
  /** It has had its time anew, and not answered since. */
  #anew = false;

  constructor(
    private readonly name: string,
    private readonly timeoutMs: number,
    private readonly start: () => Worker,
  ) {}

  get started(): boolean {
    return this.#thread !== undefined;
  }

  call<K extends SqliteOperation>(
    operation: K,
    ...args: Parameters<SqliteOperations[K]>
  ): Promise<ReturnType<SqliteOperations[K]>> {
    return new Promise((resolve, reject: (error: AuditOutboxError) => void) => {
      const refusal = this.#refusal();
      if (refusal) return reject(new AuditOutboxError(refusal));
      const call = (this.#lastCall += 1);
      if (this.#waiting.size === 0) this.#lastAnswerAt = performance.now();
      this.#waiting.set(call, { caller: { resolve, reject } });
      this.#unsent.push({ call, operation, args });
      if (this.#unsent.length === 1) setImmediate(() => this.#send());
      if (!this.#watch) this.#watchFor(this.timeoutMs);
    });
  }

  /** Ends the thread; whatever waits fails. */
  async end(): Promise<void> {
    const thread = this.#thread;
    this.#lose(thread, 'its thread was ended');
    clearTimeout(this.#watch);
    this.#watch = undefined;
    // A thread that hangs in the file system cannot be ended; it must not hold the shutdown.
    if (this.#stuck) void thread?.terminate();
    else await thread?.terminate();
    this.#stuck = false;
  }

  #refusal(): string | undefined {
    if (this.#stuck)
      return `The SQLite outbox (${this.name}) has not answered for ${this.timeoutMs} ms; its disk may hang.`;
    const now = performance.now();
    this.#crashes = this.#crashes.filter((at) => now - at < CRASH_WINDOW_MS);
    if (this.#thread || this.#crashes.length < MAX_CRASHES) return undefined;
    return `The thread of the SQLite outbox (${this.name}) has crashed ${MAX_CRASHES} times in a minute; it is started again later.`;
  }

  #send(): void {
    const calls = this.#unsent.splice(0);
    if (calls.length === 0) return;
    try {
      this.#thread ??= this.#startThread();
      this.#thread.ref();
      this.#thread.postMessage(pack(calls));
    } catch (error) {
      const reason = `The SQLite outbox (${this.name}) cannot work: ${messageOf(error)}`;
      this.#fail(
        reason,
        calls.map(({ call }) => call),
      );
    }
  }

  #startThread(): Worker {
    const thread = this.start();
    thread.on('message', (answers: SqliteAnswers) => this.#receive(answers));
    thread.on('error', (error) => this.#crashed(thread, messageOf(error)));
    thread.on('messageerror', (error) => this.#crashed(thread, messageOf(error)));
    thread.on('exit', (code) => this.#crashed(thread, `it exited with code ${code}`));
    return thread;
  }

  #receive(answers: SqliteAnswers): void {
    this.#stuck = false;
    this.#anew = false;
    this.#lastAnswerAt = performance.now();
    for (const answer of answers) {
      const call = typeof answer === 'number' ? answer : answer.call;
      const caller = this.#take(call);
      if (typeof answer === 'number') caller?.resolve(undefined);
      else if ('failure' in answer) caller?.reject(new AuditOutboxError(answer.failure));
      else caller?.resolve(answer.result);
    }
    if (this.#waiting.size === 0) this.#thread?.unref();
  }

  #take(call: number): Caller | undefined {
    const waiting = this.#waiting.get(call);
    if (!waiting) return undefined;
    const { caller } = waiting;
    waiting.caller = undefined;
    this.#waiting.delete(call);
    return caller;
  }

  #crashed(thread: Worker, reason: string): void {
    if (this.#thread !== thread) return;
    this.#crashes.push(performance.now());
    this.#lose(thread, `its thread has crashed: ${reason}`);
  }

  #lose(thread: Worker | undefined, reason: string): void {
    if (this.#thread === thread) this.#thread = undefined;
    this.#unsent.length = 0;
    this.#fail(`The SQLite outbox (${this.name}) gave no answer, ${reason}. What it was storing is stored or not.`);
  }

  #fail(message: string, calls: Iterable<number> = this.#waiting.keys()): void {
    for (const call of calls) this.#take(call)?.reject(new AuditOutboxError(message));
    if (this.#waiting.size === 0) this.#thread?.unref();
  }

  #watchFor(ms: number): void {
    const dueAt = performance.now() + ms;
    this.#watch = setTimeout(() => this.#look(dueAt), ms).unref();
  }

  /** After a long block of the event loop the answers are there, but not read yet; `setImmediate` lets them in first. */
  #look(dueAt: number): void {
    if (stoodStill(dueAt) && !this.#anew) {
      this.#anew = true;
      this.#lastAnswerAt = performance.now(); // with the process its thread stood still
    }
    setImmediate(() => {
      this.#watch = undefined;
      if (this.#waiting.size === 0) return;
      const left = this.timeoutMs - (performance.now() - this.#lastAnswerAt);
      if (left > 0) return this.#watchFor(left);
      this.#stuck = true;
      this.#fail(`The SQLite outbox (${this.name}) gave no answer within ${this.timeoutMs} ms; its disk may hang.`);
    });
  }
}
