import { type Cursor, endOf } from '../list/cursor.js';
import { PAGE_SIZE, type Numbered, select } from '../list/select.js';
import type { LiveView, RowFeed, RowsMessage } from './live.view.js';

/**
 * What a connection has seen of a list, and what is new to it since: so many rows as a page shows at the most, however
 * much has come in. It holds a cursor and no rows, so that a slow browser makes nothing pile up here.
 */
export class LiveRows<T> implements RowFeed {
  #seen: Cursor | undefined;

  /** @param since what the browser has already; undefined if nothing that still counts */
  constructor(
    private readonly view: LiveView<T>,
    since: Cursor | undefined,
  ) {
    this.#seen = since;
    const { list } = view;
    const before = since === undefined ? 0 : Math.max(0, since.number - list.first + 1);
    view.recount(list.items.slice(0, before));
  }

  /** The cursor up to which {@link next} has told. */
  get cursor(): Cursor {
    return this.#seen ?? { ...endOf(this.view.list), number: 0 };
  }

  /** What is new, or undefined. */
  next(): RowsMessage | undefined {
    const { list } = this.view;
    const seen = this.#seen;
    if (seen?.generation === list.generation && seen.number === list.last) return undefined;
    this.#seen = endOf(list);
    if (seen?.generation !== list.generation || seen.number + 1 < list.first) return this.#fresh();
    const added: Numbered<T>[] = [];
    for (let number = seen.number + 1; number <= list.last; number += 1) {
      const item = list.items[number - list.first] as T;
      this.view.counted(item);
      if (this.view.matches(item)) added.push({ number, item });
    }
    // More than a page: what the browser shows would all be pushed out anyhow.
    return this.#message(added.length >= PAGE_SIZE, added.slice(-PAGE_SIZE).toReversed());
  }

  #fresh(): RowsMessage {
    const { view } = this;
    view.recount(view.list.items);
    return this.#message(true, select(view.list, (item) => view.matches(item)).rows);
  }

  #message(fresh: boolean, rows: readonly Numbered<T>[]): RowsMessage {
    return { fresh, html: rows.map((row) => this.view.row(row)).join(''), ...this.view.summary() };
  }
}
