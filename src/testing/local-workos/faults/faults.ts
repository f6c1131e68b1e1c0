import { setTimeout as sleep } from 'node:timers/promises';
import { defaultErrorBody } from '../http/api-error.js';
import type { Json } from '../json.js';
import type { LocalRequest, LocalResponse } from '../http/local-request.js';
import type { Traffic } from '../http/traffic.js';
import { type LocalWorkOSFault, answers, matches } from './fault.js';
import { cutBody, cutInsteadOfAnswer, delayBody } from './late-answers.js';

interface ActiveFault {
  readonly fault: LocalWorkOSFault;
  left: number;
  readonly hanging: Set<LocalResponse>;
}

/** The faults that are switched on, oldest first: a request meets the first one that is for it. */
export class Faults {
  readonly #active = new Set<ActiveFault>();
  #epoch = 0;

  constructor(private readonly traffic: Traffic) {}

  /** What is switched on, oldest first. */
  get active(): readonly LocalWorkOSFault[] {
    return Array.from(this.#active, ({ fault }) => fault);
  }

  /** Switches a fault on; the answer switches it off again and cuts what hangs on it. */
  add(fault: LocalWorkOSFault): () => void {
    const active = { fault, left: fault.times ?? Infinity, hanging: new Set<LocalResponse>() };
    this.#active.add(active);
    return () => this.#remove(active);
  }

  /** Switches every fault off. */
  heal(): void {
    for (const active of this.#active) this.#remove(active);
  }

  /** Forgets requests that are still being delayed: the server has stopped. */
  interrupt(): void {
    this.#epoch += 1;
  }

  /** Lets a request meet its fault. False if that was the end of it, true if it is to be handled. */
  async meet(request: LocalRequest, response: LocalResponse, path: string): Promise<boolean> {
    const active = this.#take(request.method ?? '', path);
    if (active === undefined) return true;
    const { fault } = active;
    if (fault.delayMs !== undefined && !(await this.#delay(fault.delayMs))) return false;
    if (fault.reset === 'before') {
      request.socket.resetAndDestroy();
      return false;
    }
    if (fault.hang) {
      active.hanging.add(response);
      response.once('close', () => active.hanging.delete(response));
      return false;
    }
    if (fault.reset === 'after') cutInsteadOfAnswer(request, response);
    if (fault.cutAfterBytes !== undefined) cutBody(response, fault.cutAfterBytes);
    if (fault.slowBodyMs !== undefined) delayBody(response, fault.slowBodyMs);
    if (!answers(fault)) return true;
    this.#answer(fault, request, response);
    return false;
  }

  #take(method: string, path: string): ActiveFault | undefined {
    for (const active of this.#active) {
      if (active.left > 0 && matches(active.fault, method, path)) {
        active.left -= 1;
        // A spent fault goes, so that many of them cost nothing; one that holds requests stays for heal().
        if (active.left === 0 && !active.fault.hang) this.#active.delete(active);
        return active;
      }
    }
    return undefined;
  }

  async #delay(ms: number): Promise<boolean> {
    const epoch = this.#epoch;
    await sleep(ms, undefined, { ref: false });
    return epoch === this.#epoch;
  }

  #remove(active: ActiveFault): void {
    this.#active.delete(active);
    for (const response of active.hanging) response.socket?.resetAndDestroy();
  }

  #answer(fault: LocalWorkOSFault, request: LocalRequest, response: LocalResponse): void {
    const status = fault.status ?? 503;
    const body = fault.body === undefined ? defaultBody(status) : fault.body;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    if (status >= 400) this.traffic.refuse(request.record, status, body, 'a fault that was switched on');
    response.writeHead(status, {
      'Content-Type': fault.contentType ?? contentTypeOf(body),
      'Content-Length': Buffer.byteLength(text),
      ...(fault.retryAfter !== undefined && { 'Retry-After': String(fault.retryAfter) }),
      ...fault.headers,
    });
    response.end(text);
  }
}

/** A success says `{success: true}`, as a created event does, unless its status allows no body. */
function defaultBody(status: number): Json {
  if (status === 204) return '';
  return status < 400 ? { success: true } : defaultErrorBody(status);
}

function contentTypeOf(body: unknown): string {
  if (typeof body !== 'string') return 'application/json; charset=utf-8';
  return body.trimStart().startsWith('<') ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8';
}
