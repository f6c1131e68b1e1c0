import { randomUUID } from 'node:crypto';

/**
 * A list that forgets its oldest items. It trims a tenth at a time, so that adding stays O(1) on average; it therefore
 * holds between `max` and 1.1 × `max` items once it is full.
 *
 * Every item has a number that stays: the first one ever added is 1. With `generation`, which changes when the list
 * starts anew, it makes a cursor.
 *
 * @example const last = new BoundedList<string>(50_000); last.add('x'); last.items
 */
export class BoundedList<T> {
  #items: T[] = [];
  #forgotten = 0;
  #generation = newGeneration();

  /** @param max how many are kept at least; `Infinity` keeps all */
  constructor(private readonly max: number) {}

  /** The items, oldest first: the live list, not a copy. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** The number of the oldest item that is kept; that of `items[i]` is `first + i`. */
  get first(): number {
    return this.#forgotten + 1;
  }

  /** The number of the newest item, and so how many there ever were. */
  get last(): number {
    return this.#forgotten + this.#items.length;
  }

  /** Which of the lists this is that stood here one after the other. */
  get generation(): string {
    return this.#generation;
  }

  add(item: T): void {
    this.#items.push(item);
    if (this.#items.length <= this.max * 1.1) return;
    const excess = this.#items.length - this.max;
    this.#items.splice(0, excess);
    this.#forgotten += excess;
  }

  /** Starts a new list; whoever holds the old one keeps it. */
  clear(): void {
    this.#items = [];
    this.#forgotten = 0;
    this.#generation = newGeneration();
  }
}

/** Random, because a list that is started again by a new process is another one, too. */
function newGeneration(): string {
  return randomUUID().slice(0, 8);
}
