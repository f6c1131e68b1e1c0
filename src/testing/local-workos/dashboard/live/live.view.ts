import type { BoundedList } from '../../http/bounded-list.js';
import type { Html } from '../../http/html.js';
import type { Cursor } from '../list/cursor.js';
import type { Numbered } from '../list/select.js';

/** A list as one connection sees it: under its filter, with its own counts. */
export interface LiveView<T> {
  readonly list: BoundedList<T>;
  matches(item: T): boolean;
  row(numbered: Numbered<T>): Html;
  /** Counts from the start. */
  recount(items: readonly T[]): void;
  /** Counts one item more. */
  counted(item: T): void;
  /** What the page tells of the counts. */
  summary(): LiveSummary;
}

/** The counts of a list as its page shows them. */
export interface LiveSummary {
  readonly matched: number;
  readonly text: string;
  /** The HTML of the counts beside the list, where there are any. */
  readonly counts?: string;
}

/** Makes a view for each connection. */
export interface LiveSource<T> {
  view(query: URLSearchParams): LiveView<T>;
}

/** Rows for the browser, newest first. */
export interface RowsMessage extends LiveSummary {
  /** Whether they replace what the page shows. */
  readonly fresh: boolean;
  readonly html: string;
}

/** What is new in a list, to whoever asks again and again. */
export interface RowFeed {
  /** Up to where it has been told. */
  readonly cursor: Cursor;
  /** What is new since, or undefined. */
  next(): RowsMessage | undefined;
}
