import { createHmac, timingSafeEqual } from 'node:crypto';
import { newId, newSecret } from '../ids.js';
import type { StoredEvent } from '../local-workos.types.js';

/** An export: the events that matched when it was asked for. */
export interface Export {
  readonly id: string;
  readonly createdAt: Date;
  readonly events: readonly StoredEvent[];
}

/** How exports go from now on, those that are there already included: the argument of `workos.setExports()`. */
export interface LocalWorkOSExports {
  /** How long an export is `pending`, in milliseconds; `Infinity` leaves it so. */
  readonly delayMs?: number;
  /** What becomes of it after that. @default 'ready' */
  readonly outcome?: 'ready' | 'error' | 'expired';
  /** How long a download link works, in milliseconds; those of before keep their time. @default 600_000 */
  readonly linkMs?: number;
}

/** How long a download link works, in milliseconds. [WorkOS docs, audit-logs/exporting-events] */
const LINK_MS = 10 * 60 * 1000;

/** The exports, and the signatures of their download links. */
export class Exports {
  readonly #exports = new Map<string, Export>();
  readonly #secret = newSecret();
  #settings: Required<LocalWorkOSExports>;

  constructor(delayMs: number) {
    this.#settings = { delayMs, outcome: 'ready', linkMs: LINK_MS };
  }

  /** Changes what is given, keeps the rest. */
  set(settings: LocalWorkOSExports): void {
    this.#settings = { ...this.#settings, ...settings };
  }

  /** The state of an export now, and since when. */
  stateOf({ createdAt }: Export): { readonly state: string; readonly since: Date } {
    const { delayMs, outcome } = this.#settings;
    const endsAt = createdAt.getTime() + delayMs;
    return Date.now() < endsAt ? { state: 'pending', since: createdAt } : { state: outcome, since: new Date(endsAt) };
  }

  add(events: readonly StoredEvent[]): Export {
    const created = { id: newId('audit_log_export'), createdAt: new Date(), events };
    this.#exports.set(created.id, created);
    return created;
  }

  find(id: string): Export | undefined {
    return this.#exports.get(id);
  }

  /** The path and query under which the CSV can be downloaded for a while, without the API key. */
  link(id: string): string {
    const expires = Date.now() + this.#settings.linkMs;
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
