import { type Html, markup } from '../../http/html.js';
import type { StoredEvent } from '../../local-workos.types.js';
import { count } from '../pages/number.js';
import type { EventFilter } from './event.filter.js';

/** So many actions are listed, the most frequent ones. */
const SHOWN = 40;

/** How many events of each action the rest of the filter lets through, kept while events come in. */
export class ActionCounts {
  readonly #counts = new Map<string, number>();

  constructor(
    private readonly filter: EventFilter,
    events: readonly StoredEvent[],
  ) {
    for (const event of events) this.add(event);
  }

  add(event: StoredEvent): void {
    if (!this.filter.matchesExceptAction(event)) return;
    this.#counts.set(event.action, (this.#counts.get(event.action) ?? 0) + 1);
  }

  /** How many events the whole filter lets through. */
  get matched(): number {
    const { actions } = this.filter;
    let matched = 0;
    for (const [action, n] of this.#counts) if (actions.size === 0 || actions.has(action)) matched += n;
    return matched;
  }

  /** Links that add an action to the filter, or take it out again. */
  toHtml(): Html {
    const { actions } = this.filter;
    const sorted = [...this.#counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    if (sorted.length === 0) return markup`<li class="soft">None yet.</li>`;
    const most = sorted[0]?.[1] ?? 1;
    const items = sorted.slice(0, SHOWN).map(([action, n]) => {
      const isChosen = actions.has(action);
      const others = isChosen ? [...actions].filter((one) => one !== action) : [...actions, action];
      const current = isChosen ? markup` aria-current="true"` : '';
      return markup`<li><a href="/?${this.filter.query(others).toString()}"${current}><span>${action}</span>
<span class="n">${count(n)}</span>${bar(n / most)}</a></li>`;
    });
    if (sorted.length > SHOWN) items.push(markup`<li class="soft">and ${sorted.length - SHOWN} actions more</li>`);
    return markup`${items}`;
  }
}

/** Its width is an attribute, because the page allows no inline styles. */
function bar(share: number): Html {
  return markup`<svg class="bar" width="100%" height="3" aria-hidden="true"><rect width="${(share * 100).toFixed(1)}%" height="3" rx="1.5"/></svg>`;
}
