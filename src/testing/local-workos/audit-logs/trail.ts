import { Subject } from 'rxjs';
import { BoundedList } from '../http/bounded-list.js';
import type { StoredEvent } from '../local-workos.types.js';

/** The accepted events, in the order of their arrival. Grows without bound; `clear()` empties it. */
export class Trail {
  /** The events with the numbers that cursors point at. */
  readonly list = new BoundedList<StoredEvent>(Infinity);
  /** Each event as it is stored. */
  readonly added = new Subject<StoredEvent>();
  /** When the list starts anew. */
  readonly cleared = new Subject<void>();

  /** The live list. */
  get events(): readonly StoredEvent[] {
    return this.list.items;
  }

  add(event: StoredEvent): void {
    this.list.add(event);
    this.added.next(event);
  }

  /** Starts a new list; whoever holds the old one keeps it. */
  clear(): void {
    this.list.clear();
    this.cleared.next();
  }
}
