import type { BoundedList } from '../../http/bounded-list.js';
import { cursorIn } from './cursor.js';

/** Rows on a page: as many as one looks through, and few enough that a browser stays quick. */
export const PAGE_SIZE = 50;

/** An item and its number in its list. */
export interface Numbered<T> {
  readonly number: number;
  readonly item: T;
}

/** A page of what a filter lets through, newest first. */
export interface Selection<T> {
  readonly rows: readonly Numbered<T>[];
  /** How many the filter lets through, on all pages. */
  readonly matched: number;
  /** Whether there are newer or older ones beside this page. */
  readonly newer: boolean;
  readonly older: boolean;
}

/**
 * Selects the newest items, or those next to a cursor: `before` it are older ones, `after` it newer ones. A cursor that
 * is none, or of a list that is no more, counts as not given.
 */
export function select<T>(
  list: BoundedList<T>,
  matches: (item: T) => boolean,
  query: URLSearchParams = new URLSearchParams(),
): Selection<T> {
  const { first, items } = list;
  const numbers: number[] = [];
  for (let index = items.length - 1; index >= 0; index -= 1) {
    if (matches(items[index] as T)) numbers.push(first + index);
  }
  const start = startOf(numbers, cursorIn(list, query.get('before')), cursorIn(list, query.get('after')));
  const shown = numbers.slice(start, start + PAGE_SIZE);
  return {
    rows: shown.map((number) => ({ number, item: items[number - first] as T })),
    matched: numbers.length,
    newer: start > 0,
    older: start + PAGE_SIZE < numbers.length,
  };
}

function startOf(numbers: readonly number[], before?: { number: number }, after?: { number: number }): number {
  if (before !== undefined) {
    const found = numbers.findIndex((number) => number < before.number);
    return found === -1 ? numbers.length : found;
  }
  if (after === undefined) return 0;
  const found = numbers.findIndex((number) => number <= after.number);
  return Math.max(0, (found === -1 ? numbers.length : found) - PAGE_SIZE);
}
