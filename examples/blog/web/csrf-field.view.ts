import { type Html, html } from './html.js';

/** The name of the form field that `CsrfGuard` checks. */
export const CSRF_FIELD = '_csrf';

/** Goes into every form that changes something. */
export function csrfField(token: string): Html {
  return html`<input type="hidden" name="${CSRF_FIELD}" value="${token}" />`;
}
