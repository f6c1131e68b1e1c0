import { type Html, html } from './html.js';

/** What went wrong, and the way out of it. */
export function errorView(title: string, text: string): Html {
  return html`<section class="empty">
    <h1>${title}</h1>
    <p role="alert">${text}</p>
    <p><a class="button" href="/">To the blog</a></p>
  </section>`;
}
