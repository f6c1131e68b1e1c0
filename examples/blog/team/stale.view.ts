import { type Html, html } from '../web/html.js';

/** Says that the directory cannot be asked, and what is shown instead. */
export function staleView(what: string): Html {
  return html`<p class="message warn" role="alert">
    The directory does not answer right now. ${what} as they were last seen.
  </p>`;
}
