import { csrfField } from '../web/csrf-field.view.js';
import { attributes, type Html, html } from '../web/html.js';
import { RETENTION_DAYS, type RetentionFault } from './retention.js';
import { unknownView } from './settings.view.js';

export interface RetentionView {
  /** In days; `null` if nothing is set, `undefined` if WorkOS does not answer. */
  readonly current: number | null | undefined;
  /** The form, if it was refused. */
  readonly refused: { readonly days: number; readonly fault: RetentionFault } | undefined;
  readonly csrfToken: string;
}

export function retentionView({ current, refused, csrfToken }: RetentionView): Html {
  if (current === undefined) return html`<div class="card">${unknownView('how long the trail is kept')}</div>`;
  const fault = refused?.fault;
  const chosen = refused?.days ?? current;
  const wrong = fault?.field === 'days';
  return html`<form class="card" method="post" action="/settings/retention">
    ${csrfField(csrfToken)}
    <p>
      ${current === null ? 'How long WorkOS keeps your events is not set.' : html`WorkOS keeps your events for <strong>${current} days</strong>.`}
    </p>
    <div class="field">
      <label for="days">Keep events for</label>
      <select
        ${attributes({
          id: 'days',
          name: 'days',
          'aria-invalid': wrong && 'true',
          'aria-describedby': wrong ? 'days-error' : 'days-hint',
          autofocus: wrong,
        })}
      >
        ${RETENTION_DAYS.map(
          (days) => html`<option ${attributes({ value: days, selected: days === chosen })}>${days} days</option>`,
        )}
      </select>
      ${
        wrong
          ? html`<p class="error" id="days-error">${fault.text}</p>`
          : html`<p class="hint" id="days-hint">Less than before deletes what is older, for good.</p>`
      }
    </div>
    ${fault?.field === 'confirmed' && confirmation(fault.text)}
    <button type="submit" class="quiet">Save retention</button>
  </form>`;
}

function confirmation(text: string): Html {
  return html`<div class="field">
    <p class="error" id="confirmed-error">${text}</p>
    <label class="check">
      <input
        type="checkbox"
        name="confirmed"
        value="yes"
        required
        autofocus
        aria-invalid="true"
        aria-describedby="confirmed-error"
      />
      Yes, delete older events
    </label>
  </div>`;
}
