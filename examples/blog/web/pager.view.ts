import { type Html, html } from './html.js';

/** Where the pages before and after this one are, if there are any. */
export interface Pages {
  readonly previous?: string;
  readonly next?: string;
}

export function pagerView({ previous, next }: Pages): Html | undefined {
  if (previous === undefined && next === undefined) return undefined;
  return html`<nav class="pager" aria-label="Pages">
    ${previous !== undefined && html`<a class="button quiet" href="${previous}" rel="prev">Previous page</a>`}
    ${next !== undefined && html`<a class="button quiet" href="${next}" rel="next">Next page</a>`}
  </nav>`;
}
