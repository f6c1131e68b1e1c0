import { csrfField } from '../web/csrf-field.view.js';
import { fieldView } from '../web/field.view.js';
import { type Html, html } from '../web/html.js';
import { possibleDays } from './export.range.js';
import type { ExportForm } from './settings.page.js';

export interface ExportView {
  readonly form: ExportForm;
  readonly csrfToken: string;
}

export function exportView({ form: { range, faults, failure }, csrfToken }: ExportView): Html {
  const possible = possibleDays();
  const day = { type: 'date', required: true, min: possible.from, max: possible.to };
  return html`<form class="card" method="post" action="/settings/export">
    ${csrfField(csrfToken)}
    <p>As CSV, for an auditor. Days are those of UTC, and both are included; WorkOS exports the past three months.</p>
    ${failure !== undefined && html`<p class="message warn" role="alert">${failure}</p>`}
    <div class="fields">
      ${fieldView({ name: 'from', label: 'First day', value: range.from, error: faults.from, attributes: day })}
      ${fieldView({ name: 'to', label: 'Last day', value: range.to, error: faults.to, attributes: day })}
    </div>
    <button type="submit">Download CSV</button>
  </form>`;
}
