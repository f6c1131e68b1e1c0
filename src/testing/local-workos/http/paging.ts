import { unprocessable } from './api-error.js';

/** A query as Express's `simple` parser gives it: a value given twice is an array. */
export type ListQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Every value of a query parameter. */
export function listAll(query: ListQuery, name: string): readonly string[] {
  const value = query[name];
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/** The first value of a query parameter; undefined if it is absent or empty. */
export function first(query: ListQuery, name: string): string | undefined {
  return listAll(query, name)[0] || undefined;
}

/**
 * One page of a list in WorkOS's envelope: `limit` 1 to 100 (10 by default), newest first unless `order=asc`, cursors
 * `before` and `after`. `order=normal` is newest first with the cursors' meaning turned round.
 * [WorkOS OpenAPI, parameters of GET /directory_users]
 *
 * @param items oldest first
 * @throws ApiError 422 for a limit, an order or a cursor that is none
 */
export function page<T extends { readonly id: string }, U>(
  items: readonly T[],
  query: ListQuery,
  show: (item: T) => U,
) {
  const order = first(query, 'order') ?? 'desc';
  if (!['asc', 'desc', 'normal'].includes(order)) throw unprocessable('order must be one of: normal, desc, asc');
  const limit = Number(first(query, 'limit') ?? 10);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw unprocessable('limit must be between 1 and 100');
  const [after, before] = order === 'normal' ? (['before', 'after'] as const) : (['after', 'before'] as const);
  const sorted = order === 'asc' ? items : items.toReversed();
  const from = first(query, after) === undefined ? 0 : indexOf(sorted, first(query, after)) + 1;
  const to = first(query, before) === undefined ? sorted.length : indexOf(sorted, first(query, before));
  // `before` alone asks for the page that ends at the cursor, not for the first page of the list.
  const start = first(query, before) === undefined ? from : Math.max(from, to - limit);
  const end = Math.min(to, start + limit);
  const found = sorted.slice(start, end);
  const cursors = {
    [before]: start > 0 ? (found[0]?.id ?? null) : null,
    [after]: end < sorted.length ? (found.at(-1)?.id ?? null) : null,
  };
  return {
    object: 'list',
    data: found.map(show),
    list_metadata: { before: cursors['before'] ?? null, after: cursors['after'] ?? null },
  };
}

function indexOf(items: readonly { readonly id: string }[], id: string | undefined): number {
  const index = items.findIndex((item) => item.id === id);
  if (index === -1) throw unprocessable(`the cursor '${id}' is not in this list`);
  return index;
}
