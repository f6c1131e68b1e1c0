import { type Html, markup } from '../../http/html.js';
import type { EventFilter } from './event.filter.js';
import type { TimeBound } from './time-range.js';

/** So many actions can be chosen from; the others by the links beside the trail, or in the URL. */
const MAX_ACTIONS = 200;

/** The filter as a form: it makes the URL, so it works without a script, and a filtered trail can be bookmarked. */
export function filterForm(filter: EventFilter, actions: readonly string[]): Html {
  const { actor, target, text, from, to } = filter;
  const known = [...new Set([...filter.actions, ...actions.slice(0, MAX_ACTIONS)])].toSorted();
  // One that chooses several actions is made by the links beside the trail; the form keeps them.
  const [chosen = '', ...more] = filter.actions;
  const options = known.map(
    (action) => markup`<option${action === chosen ? markup` selected` : ''}>${action}</option>`,
  );
  const others = more.map((action) => markup`<input type="hidden" name="action" value="${action}">`);
  return markup`<form class="filter" method="get" action="/" role="search" aria-label="Filter the trail">
<label class="wide">Text <input type="search" name="q" value="${text.text}" maxlength="200" placeholder="id, name, IP address, metadata …"></label>
<label>Action <select name="action" id="action"><option value="">All actions</option>${options}</select></label>${others}
<label>Actor <input name="actor" value="${actor.text}" maxlength="200" placeholder="name or id"></label>
<label>Target <input name="target" value="${target.text}" maxlength="200" placeholder="type, name or id"></label>
${timeInput('From', 'from', from)}
${timeInput('To', 'to', to)}
<p class="go"><button class="primary">Filter</button>${filter.query().size > 0 ? markup` <a href="/">Clear</a>` : ''}</p>
${[from, to].flatMap(({ fault }) => (fault === undefined ? [] : markup`<p class="fault wide" role="alert">${fault}</p>`))}
</form>`;
}

function timeInput(label: string, name: string, { text, fault }: TimeBound): Html {
  // An input of this type cannot show what is no time; as text, the person sees what they wrote.
  const type = fault === undefined && !/z$|[+-]\d\d:\d\d$/i.test(text) ? 'datetime-local' : 'text';
  const invalid = fault === undefined ? '' : markup` aria-invalid="true"`;
  return markup`<label><span>${label} <span class="soft">(UTC)</span></span> <input type="${type}" step="1" name="${name}" value="${text}"${invalid}></label>`;
}
