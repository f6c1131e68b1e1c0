import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

interface Question {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

type Answer = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly failure: string };

interface Waiting {
  resolve(this: void, result: unknown): void;
  reject(this: void, error: Error): void;
}

/** What can be asked of a process. */
// oxlint-disable-next-line typescript/no-explicit-any -- any arguments
type Api = Record<string, (...args: any[]) => unknown>;

/** A process of the benchmark. It is asked over IPC, and killed when it has done its work. */
export class Child<A extends Api> {
  readonly #waiting = new Map<number, Waiting>();
  readonly #process: ChildProcess;
  #last = 0;

  private constructor(name: string, child: ChildProcess) {
    this.#process = child;
    child.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('failure' in answer) waiting?.reject(new Error(`${name}: ${answer.failure}`));
      else waiting?.resolve(answer.result);
    });
    child.on('exit', (code, signal) => {
      const error = new Error(`${name} ended (${signal ?? code})`);
      for (const { reject } of this.#waiting.values()) reject(error);
    });
  }

  /** Starts `file`, which finds its `settings` with {@link settingsOf} and answers with {@link serve}. */
  static start<A extends Api>(file: URL, settings: object = {}, execArgv: string[] = []): Child<A> {
    const stdio: ('ignore' | 'inherit' | 'ipc')[] = ['ignore', 'inherit', 'inherit', 'ipc'];
    return new Child<A>(file.pathname, fork(file, [JSON.stringify(settings)], { execArgv, stdio }));
  }

  ask<K extends keyof A & string>(name: K, ...args: Parameters<A[K]>): Promise<Awaited<ReturnType<A[K]>>> {
    return new Promise<unknown>((resolve, reject) => {
      const question: Question = { id: (this.#last += 1), name, args };
      this.#waiting.set(question.id, { resolve, reject });
      this.#process.send(question, (error) => {
        if (error) reject(error);
      });
    }) as Promise<Awaited<ReturnType<A[K]>>>;
  }

  /** Takes the processor from it, until it may go on. */
  pause(): void {
    this.#process.kill('SIGSTOP');
  }

  resume(): void {
    this.#process.kill('SIGCONT');
  }

  /** Kills it, so that it neither drains nor reports what waits. */
  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exit;
  }
}

/** In the child: what it was started with. */
export function settingsOf<T>(): T {
  return JSON.parse(process.argv[2] ?? '{}') as T;
}

/** In the child: answers what its parent asks, and ends with it. */
export function serve(api: Api): void {
  process.on('disconnect', () => process.exit());
  process.on('message', ({ id, name, args }: Question) => {
    void (async () => api[name]?.(...args))().then(
      (result) => process.send?.({ id, result }),
      (error: unknown) => process.send?.({ id, failure: error instanceof Error ? error.stack : String(error) }),
    );
  });
}
