import { type Html, html } from '../../web/html.js';

/** What is seen for a moment, while the browser ends the session at WorkOS. */
export function signedOutView(url: string): Html {
  return html`<h1>You are logged out of the blog</h1>
    <p>Your session at the identity provider is ended too. <a href="${url}">Continue</a></p>`;
}
