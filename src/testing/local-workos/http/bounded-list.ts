/**
 * A list that forgets its oldest items. It trims a tenth at a time, so that adding stays O(1) on average; it therefore
 * holds between `max` and 1.1 × `max` items once it is full.
 *
 * @example const last = new BoundedList<string>(50_000); last.add('x'); last.items
 */
export class BoundedList<T> {
  #items: T[] = [];

  constructor(private readonly max: number) {}

  /** The items, oldest first: the live list, not a copy. */
  get items(): readonly T[] {
    return this.#items;
  }

  add(item: T): void {
    this.#items.push(item);
    if (this.#items.length > this.max * 1.1) this.#items.splice(0, this.#items.length - this.max);
  }

  /** Starts a new list; whoever holds the old one keeps it. */
  clear(): void {
    this.#items = [];
  }
}
