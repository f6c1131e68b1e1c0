import type { BoundedList } from '../../http/bounded-list.js';
import { type Html, markup } from '../../http/html.js';
import type { RefusedRequest } from '../../local-workos.types.js';
import { cursorText, endOf } from '../list/cursor.js';
import { listHtml } from '../list/list.html.js';
import { pager } from '../list/pager.js';
import type { Selection } from '../list/select.js';
import { jsonHtml } from '../pages/json.html.js';
import { count, plural } from '../pages/number.js';
import { exactHtml } from '../pages/time.js';
import type { RefusedFilter } from './refused.filter.js';
import { reasonOf } from './refused.reason.js';
import { fieldsHtml } from './refused.row.js';

/** What the page of refusals shows. */
export interface RefusedView {
  readonly list: BoundedList<RefusedRequest>;
  readonly filter: RefusedFilter;
  readonly page: Selection<RefusedRequest>;
  readonly rows: readonly Html[];
}

/** What was refused and why, newest first. */
export function refusedPage({ list, filter, page, rows }: RefusedView): Html {
  return markup`<div class="title"><h1>Refused</h1>
<p class="soft" id="matched">${refusedText(page.matched, list.last, filter)}</p>
<button type="button" id="pause" hidden>Pause</button></div>
<p class="lead">What WorkOS would not take, by its own checks or because a fault is on. The app's outbox tries again what may
succeed later, and buries the rest.</p>
${form(filter, list.items)}
${listHtml({ label: 'Refusals, newest first', cursor: cursorText(endOf(list)), rows, empty: empty(list.last, filter) })}
${pager('/_local/refused', filter.query(), list, page)}`;
}

/** How many of how many. */
export function refusedText(matched: number, total: number, filter: RefusedFilter): string {
  return filter.query().size > 0 ? `${count(matched)} of ${plural(total, 'request')}` : plural(total, 'request');
}

/** The page of one refusal. */
export function refusalPage(refused: RefusedRequest): Html {
  const { status, method, path, at, reason, answer, body } = refused;
  const { message, fields, action } = reasonOf(refused);
  return markup`<p class="crumbs"><a href="/_local/refused">Refused</a></p>
<h1><span class="status">${status}</span> <code>${action ?? `${method} ${path}`}</code></h1>
<p class="soft">${exactHtml(at)} <span class="ago" data-at="${at.toISOString()}"></span> · <code>${method} ${path}</code></p>
<p class="lead">${message}${fieldsHtml(fields)}</p>
${reason === undefined ? '' : markup`<p>${reason}</p>`}
<div class="columns">
<section class="card" aria-labelledby="answer"><h2 id="answer">What WorkOS answered</h2>${jsonHtml(answer)}</section>
<section class="card" aria-labelledby="sent"><div class="title"><h2 id="sent">What was sent</h2>
<button type="button" data-copy="#sent-json" hidden>Copy</button></div><div id="sent-json">${jsonHtml(body)}</div></section>
</div>`;
}

/** For a refusal that is no longer kept. */
export function noRefusalPage(): Html {
  return markup`<h1>No such refusal</h1>
<p role="alert">It is no longer kept: the list has begun anew since, or it holds ten thousand newer ones.</p>
<p><a href="/_local/refused">To what was refused</a></p>`;
}

function form(filter: RefusedFilter, items: readonly RefusedRequest[]): Html {
  const statuses = new Set(items.map(({ status }) => String(status)));
  if (filter.status !== '') statuses.add(filter.status);
  const options = [...statuses]
    .toSorted()
    .map((status) => markup`<option${status === filter.status ? markup` selected` : ''}>${status}</option>`);
  return markup`<form class="filter" method="get" action="/_local/refused" role="search" aria-label="Filter the refusals">
<label class="wide">Text <input type="search" name="q" value="${filter.text.text}" maxlength="200" placeholder="action, field, path, reason …"></label>
<label>Status <select name="status"><option value="">All</option>${options}</select></label>
<p class="go"><button class="primary">Filter</button>${filter.query().size > 0 ? markup` <a href="/_local/refused">Clear</a>` : ''}</p></form>`;
}

function empty(total: number, filter: RefusedFilter): Html {
  if (total > 0 && filter.query().size > 0) {
    return markup`<h3>No refusal matches</h3><p>None of ${plural(total, 'request')}. <a href="/_local/refused">Show all</a></p>`;
  }
  return markup`<h3>Nothing was refused</h3>
<p>Every request was as WorkOS wants it. To see what a refusal looks like, <a href="/">make WorkOS fail</a>.</p>`;
}
