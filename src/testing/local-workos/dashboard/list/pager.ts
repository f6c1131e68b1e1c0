import { type Html, markup } from '../../http/html.js';
import type { BoundedList } from '../../http/bounded-list.js';
import { cursorText } from './cursor.js';
import type { Selection } from './select.js';

/** Links to the pages around this one. The script keeps "Older" at the last row that is shown, hence its id. */
export function pager(
  path: string,
  filter: URLSearchParams,
  list: BoundedList<unknown>,
  page: Selection<unknown>,
): Html {
  const { generation } = list;
  const at = (name: 'before' | 'after', number: number | undefined): string => {
    const query = new URLSearchParams(filter);
    query.set(name, cursorText({ generation, number: number ?? 0 }));
    return `${path}?${query.toString()}`;
  };
  const newest = filter.size === 0 ? path : `${path}?${filter.toString()}`;
  const newer = page.newer
    ? markup`<a href="${newest}">Newest</a> <a href="${at('after', page.rows[0]?.number)}" rel="prev">Newer</a>`
    : '';
  const hidden = page.older ? '' : markup` hidden`;
  return markup`<nav class="pager" aria-label="Pages">${newer}
<a id="older" href="${at('before', page.rows.at(-1)?.number)}" rel="next"${hidden}>Older</a></nav>`;
}
