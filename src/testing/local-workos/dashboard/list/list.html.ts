import { type Html, markup } from '../../http/html.js';
import { PAGE_SIZE } from './select.js';

/** A list that the script keeps live. */
export interface LiveList {
  readonly label: string;
  /** Up to where it is complete; the live messages go on from there. */
  readonly cursor: string;
  readonly rows: readonly Html[];
  /** Shown in the place of rows while there are none. */
  readonly empty: Html;
}

/** The list, and what is shown while it is empty. New rows are announced now and then, by number. */
export function listHtml({ label, cursor, rows, empty }: LiveList): Html {
  const [hideRows, hideEmpty] = rows.length === 0 ? [markup` hidden`, ''] : ['', markup` hidden`];
  return markup`<ol class="rows" id="rows" aria-label="${label}" data-cursor="${cursor}" data-size="${PAGE_SIZE}"${hideRows}>${rows}</ol>
<div class="empty" id="empty"${hideEmpty}>${empty}</div>
<p class="hidden" id="announce" role="status"></p>`;
}
