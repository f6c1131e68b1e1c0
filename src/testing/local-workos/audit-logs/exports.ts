import { createHmac, timingSafeEqual } from 'node:crypto';
import { newId, newSecret } from '../ids.js';
import type { StoredEvent } from '../local-workos.types.js';

/** An export: the events that matched when it was asked for. */
export interface Export {
  readonly id: string;
  readonly createdAt: Date;
  readonly events: readonly StoredEvent[];
}

/** How long a download link works, in milliseconds. [WorkOS docs, audit-logs/exporting-events] */
const LINK_MS = 10 * 60 * 1000;

/** The exports, and the signatures of their download links. */
export class Exports {
  readonly #exports = new Map<string, Export>();
  readonly #secret = newSecret();

  add(events: readonly StoredEvent[]): Export {
    const created = { id: newId('audit_log_export'), createdAt: new Date(), events };
    this.#exports.set(created.id, created);
    return created;
  }

  find(id: string): Export | undefined {
    return this.#exports.get(id);
  }

  /** The path and query under which the CSV can be downloaded for ten minutes, without the API key. */
  link(id: string): string {
    const expires = Date.now() + LINK_MS;
    return `/_exports/${id}.csv?expires=${expires}&signature=${this.#sign(id, expires)}`;
  }

  /** Whether a link is one of these and still good. */
  allows(id: string, expires: number, signature: string): boolean {
    const [given, wanted] = [Buffer.from(signature), Buffer.from(this.#sign(id, expires))];
    return given.length === wanted.length && timingSafeEqual(given, wanted) && expires > Date.now();
  }

  #sign(id: string, expires: number): string {
    return createHmac('sha256', this.#secret).update(`${id}.${expires}`).digest('base64url');
  }
}
