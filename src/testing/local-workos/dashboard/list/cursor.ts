import type { BoundedList } from '../../http/bounded-list.js';

/** A place in a list that stays the same while the list grows: `<generation>.<number of an item>`. */
export interface Cursor {
  readonly generation: string;
  readonly number: number;
}

/** The cursor as it stands in URLs and as the id of live messages. */
export function cursorText({ generation, number }: Cursor): string {
  return `${generation}.${number}`;
}

/** Behind the newest item: what comes after it is new. */
export function endOf(list: BoundedList<unknown>): Cursor {
  return { generation: list.generation, number: list.last };
}

/** The cursor in a text; undefined for rubbish, and for one of another list: of a trail before a reset, say. */
export function cursorIn(list: BoundedList<unknown>, text: string | null | undefined): Cursor | undefined {
  const [, generation = '', digits = ''] = /^([0-9a-f]{8})\.(\d{1,15})$/.exec(text ?? '') ?? [];
  const number = Number(digits);
  if (generation !== list.generation || number > list.last) return undefined;
  return { generation, number };
}
