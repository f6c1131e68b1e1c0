import { field } from '../web/form.js';
import type { Pages } from '../web/pager.view.js';

/** Somebody in the organization's directory. */
export interface Person {
  /** The directory user's id. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** A group of the organization's directory. */
export interface Team {
  readonly id: string;
  readonly name: string;
}

/** What comes before or after an entry; WorkOS takes one of the two. */
export interface Cursor {
  readonly before?: string;
  readonly after?: string;
}

/** One page of a directory, the newest first, and the cursors of the pages beside it. */
export interface DirectoryPage<Entry> extends Cursor {
  readonly entries: readonly Entry[];
  /** The directory does not answer: this is how it was last seen. */
  readonly stale?: boolean;
}

export function cursorIn(query: unknown): Cursor {
  const [after, before] = [field(query, 'after'), field(query, 'before')];
  return after !== '' ? { after } : before !== '' ? { before } : {};
}

/** The links that a page at `path` has to those beside it. */
export function pagesBeside(
  { before, after }: Cursor,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Pages {
  const link = (cursor: Record<string, string>): string =>
    `${path}?${String(new URLSearchParams({ ...query, ...cursor }))}`;
  return { ...(before && { previous: link({ before }) }), ...(after && { next: link({ after }) }) };
}
