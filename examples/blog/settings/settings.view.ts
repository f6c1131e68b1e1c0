import { csrfField } from '../web/csrf-field.view.js';
import { type Html, html } from '../web/html.js';

export interface SettingsView {
  readonly organizationName: string;
  readonly logStream: Html;
  readonly retention: Html;
  readonly download: Html;
  readonly csrfToken: string;
}

export function settingsView({ organizationName, logStream, retention, download, csrfToken }: SettingsView): Html {
  return html`<h1>Settings</h1>
    <p class="lead">The audit trail of ${organizationName}. Only administrators see this page.</p>
    <section aria-labelledby="log-stream">
      <h2 id="log-stream">Log stream</h2>
      ${logStream}
    </section>
    <section aria-labelledby="read">
      <h2 id="read">Read the trail</h2>
      <div class="card">
        <p>Who did what, to what, from where and when: search it in WorkOS’s Admin Portal.</p>
        <form method="post" action="/settings/trail">
          ${csrfField(csrfToken)}
          <button type="submit" class="quiet">Open the audit trail</button>
        </form>
      </div>
    </section>
    <section aria-labelledby="download">
      <h2 id="download">Download the trail</h2>
      ${download}
    </section>
    <section aria-labelledby="retention">
      <h2 id="retention">Retention</h2>
      ${retention}
    </section>`;
}

/** In the place of what WorkOS was asked for in vain. */
export function unknownView(what: string): Html {
  return html`<p class="message warn" role="alert">
    WorkOS does not answer right now, so ${what} is not known. Everything else goes on: events are kept, and delivered
    later.
  </p>`;
}
