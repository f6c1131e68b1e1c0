import { type Html, html } from './html.js';

const FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

/** A moment for people and for machines. In UTC, because the server does not know the reader's time zone. */
export function timeView(iso: string): Html {
  return html`<time datetime="${iso}">${FORMAT.format(new Date(iso))} UTC</time>`;
}
