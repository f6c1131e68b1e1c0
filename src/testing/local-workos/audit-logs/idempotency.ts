import { createHash } from 'node:crypto';

/** How long WorkOS remembers a key, in milliseconds. [https://workos.com/docs/audit-logs, "Idempotency"] */
const REMEMBERED_MS = 24 * 60 * 60 * 1000;

/**
 * Which events were created already. WorkOS hashes the key together with the event, so the same key with another
 * event is another event; without a key the event alone counts. [https://workos.com/docs/audit-logs, "Idempotency"]
 */
export class Idempotency {
  /** Hash → when it was first seen, oldest first. */
  readonly #seen = new Map<string, number>();

  /** Whether this event came before under this key; remembers it if not. */
  seen(key: string | undefined, canonicalEvent: string): boolean {
    const now = Date.now();
    this.#forgetOld(now);
    const hash = createHash('sha256')
      .update(`${key ?? ''}\n${canonicalEvent}`)
      .digest('base64');
    if (this.#seen.has(hash)) return true;
    this.#seen.set(hash, now);
    return false;
  }

  clear(): void {
    this.#seen.clear();
  }

  #forgetOld(now: number): void {
    for (const [hash, at] of this.#seen) {
      if (now - at < REMEMBERED_MS) return;
      this.#seen.delete(hash);
    }
  }
}
