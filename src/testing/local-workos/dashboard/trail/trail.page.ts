import { type Html, markup } from '../../http/html.js';
import type { StoredEvent } from '../../local-workos.types.js';
import { cursorText, endOf } from '../list/cursor.js';
import { pager } from '../list/pager.js';
import { listHtml } from '../list/list.html.js';
import { PAGE_SIZE, type Selection } from '../list/select.js';
import { count, plural } from '../pages/number.js';
import type { ActionCounts } from './action-counts.js';
import type { EventFilter } from './event.filter.js';
import { filterForm } from './filter.form.js';
import type { BoundedList } from '../../http/bounded-list.js';

/** What the page of the trail shows. */
export interface TrailView {
  readonly list: BoundedList<StoredEvent>;
  readonly filter: EventFilter;
  readonly counts: ActionCounts;
  readonly page: Selection<StoredEvent>;
  readonly rows: readonly Html[];
  /** Every action that is registered or has happened. */
  readonly actions: readonly string[];
  readonly appUrl: string | undefined;
  readonly refused: number;
  /** The outbox's figures and the fault switches, beside the trail. */
  readonly aside: Html;
}

/** The trail, its filter, and beside it the outbox, the switches and the actions. */
export function trailPage(view: TrailView): Html {
  const { list, filter, counts, page, rows, aside } = view;
  return markup`<h1 class="hidden">Audit trail</h1>
<div class="with-aside">
<div>
${filterForm(filter, view.actions)}
<section aria-labelledby="events">
<div class="title"><h2 id="events">Events</h2>
<p class="soft" id="matched">${matchedText(counts.matched, list.last, filter)}</p>
<button type="button" id="pause" hidden>Pause</button></div>
${listHtml({ label: 'Events, newest first', cursor: cursorText(endOf(list)), rows, empty: emptyHtml(view) })}
${pager('/', filter.query(), list, page)}
</section></div>
<aside aria-label="Beside the trail">${aside}
<section class="card" aria-labelledby="actions"><h2 id="actions">Actions</h2>
<ul class="actions" id="counts">${counts.toHtml()}</ul></section>
</aside></div>`;
}

/** How many of how many. */
export function matchedText(matched: number, total: number, filter: EventFilter): string {
  if (filter.query().size > 0) return `${count(matched)} of ${plural(total, 'event')}`;
  return total > PAGE_SIZE ? `${plural(total, 'event')}, newest first` : plural(total, 'event');
}

function emptyHtml({ list, filter, appUrl, refused }: TrailView): Html {
  if (list.last > 0 && filter.query().size > 0) {
    return markup`<h3>No event matches</h3>
<p>None of ${plural(list.last, 'event')} passes this filter. One that does will appear here. <a href="/">Show all</a></p>`;
  }
  const where = appUrl === undefined ? 'in your app' : markup`in the app at <a href="${appUrl}">${appUrl}</a>`;
  return markup`<h3>No event yet</h3><p>Act ${where}, and what you did appears here a moment later.</p>
<p id="but-refused"${refused === 0 ? markup` hidden` : ''}>Requests were refused, though. <a href="/_local/refused">See why</a></p>`;
}
