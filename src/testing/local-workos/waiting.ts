import type { Trail } from './audit-logs/trail.js';
import type { Traffic } from './http/traffic.js';
import type { StoredEvent } from './local-workos.types.js';

/** Waiting for events by listening to the trail, not by polling. */
export class Waiting {
  readonly #pending = new Set<(error: Error) => void>();

  constructor(
    private readonly trail: Trail,
    private readonly traffic: Traffic,
  ) {}

  /**
   * Resolves with what `find` finds, now or as soon as an event brings it.
   *
   * @throws an error that lists what arrived and what was refused, after `timeoutMs` or when the server is closed
   */
  async until<T>(what: string, find: (added?: StoredEvent) => T | undefined, timeoutMs: number): Promise<T> {
    const now = find();
    if (now !== undefined) return now;
    return new Promise<T>((resolve, reject) => {
      const give = (end: () => void): void => {
        subscription.unsubscribe();
        clearTimeout(timer);
        this.#pending.delete(fail);
        end();
      };
      const fail = (error: Error): void => give(() => reject(error));
      const subscription = this.trail.added.subscribe((event) => {
        try {
          const found = find(event);
          if (found !== undefined) give(() => resolve(found));
        } catch (error) {
          fail(error as Error);
        }
      });
      const timer = setTimeout(() => fail(this.#error(`${what} within ${timeoutMs} ms`)), timeoutMs);
      this.#pending.add(fail);
    });
  }

  /** Ends all waiting: nothing can arrive any more. */
  abandon(): void {
    for (const fail of this.#pending) fail(this.#error('the events before it was closed'));
  }

  #error(missed: string): Error {
    const events = this.trail.events.map(
      ({ action, targets }) => `${action} on ${targets.map(({ id }) => id).join(', ')}`,
    );
    const refused = this.traffic.refused.items.map(
      ({ method, path, status, reason, answer }) => `${method} ${path} ${status} ${reason ?? JSON.stringify(answer)}`,
    );
    return new Error(`LocalWorkOS did not get ${missed}.\nArrived: ${list(events)}\nRefused: ${list(refused)}`);
  }
}

/** The last twenty lines, with their number. */
function list(lines: readonly string[]): string {
  if (lines.length === 0) return 'nothing.';
  const shown = lines.slice(-20).map((line) => `\n  ${line}`);
  return `${lines.length}${lines.length > shown.length ? ', the last of them' : ''}:${shown.join('')}`;
}
