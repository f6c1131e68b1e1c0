import { Subject } from 'rxjs';
import type { StoredEvent } from '../local-workos.types.js';

/** The accepted events, in the order of their arrival. Grows without bound; `clear()` empties it. */
export class Trail {
  #events: StoredEvent[] = [];
  /** Each event as it is stored. */
  readonly added = new Subject<StoredEvent>();
  /** When the list starts anew. */
  readonly cleared = new Subject<void>();

  /** The live list. */
  get events(): readonly StoredEvent[] {
    return this.#events;
  }

  add(event: StoredEvent): void {
    this.#events.push(event);
    this.added.next(event);
  }

  /** Starts a new list; whoever holds the old one keeps it. */
  clear(): void {
    this.#events = [];
    this.cleared.next();
  }
}
