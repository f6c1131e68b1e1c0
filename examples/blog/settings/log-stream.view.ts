import type { AuditLogStreamStatus } from 'nestjs-workos-audit';
import { csrfField } from '../web/csrf-field.view.js';
import { type Html, html } from '../web/html.js';
import { timeView } from '../web/time.view.js';
import { unknownView } from './settings.view.js';

export interface LogStreamView {
  /** `undefined` if WorkOS does not answer. */
  readonly status?: AuditLogStreamStatus;
  readonly csrfToken: string;
  /** The page of a SIEM to try it with. */
  readonly siemUrl: string | undefined;
}

/** Those whose names need explaining. */
const TYPES: Readonly<Record<string, string>> = {
  AzureSentinel: 'Microsoft Sentinel',
  GenericHttps: 'HTTPS endpoint',
  GoogleCloudStorage: 'Google Cloud Storage',
  S3: 'Amazon S3',
};

const STATES: Readonly<Record<string, { tone: string; meaning: string }>> = {
  active: { tone: 'good', meaning: 'events are delivered' },
  inactive: { tone: '', meaning: 'switched off' },
  error: { tone: 'warn', meaning: 'nothing is delivered; WorkOS goes on trying' },
  invalid: { tone: 'warn', meaning: 'nothing is delivered; the settings are refused' },
};

export function logStreamView({ status, csrfToken, siemUrl }: LogStreamView): Html {
  return html`<div class="card">
    <p>
      Every event can be sent on to your SIEM (Splunk, Datadog, Sentinel, a bucket, any HTTPS endpoint) as it happens.
    </p>
    ${status ? details(status) : unknownView('the state of the log stream')}
    <form method="post" action="/settings/log-stream">
      ${csrfField(csrfToken)}
      <button type="submit">Set up log stream</button>
    </form>
    ${
      siemUrl !== undefined &&
      html`<p class="hint">
        To try it here, connect <a href="${siemUrl}" target="_blank" rel="noopener">this SIEM</a>: its page has the
        address and the secret to type in.
      </p>`
    }
  </div>`;
}

function details({ state, logStream }: AuditLogStreamStatus): Html {
  return html`${state !== 'active' && notActive(state)}
  ${logStream ? stream(logStream) : html`<p role="status"><span class="tag">Not connected</span></p>`}`;
}

function notActive(state: string): Html {
  return html`<p class="message warn" role="alert">
    The audit log of your organization is ${state} at WorkOS, so nothing is kept or streamed. Ask whoever runs this
    blog.
  </p>`;
}

function stream({ type, state, lastSyncedAt, createdAt }: NonNullable<AuditLogStreamStatus['logStream']>): Html {
  const { tone, meaning } = STATES[state] ?? { tone: '', meaning: 'see the Admin Portal' };
  const broken = tone === 'warn';
  return html`<dl class="facts">
      <dt>Destination</dt>
      <dd>${TYPES[type] ?? type}</dd>
      <dt>State</dt>
      <dd><span class="tag ${tone}">${state}</span> ${meaning}</dd>
      <dt>Last synced</dt>
      <dd>${lastSyncedAt ? timeView(lastSyncedAt.toISOString()) : 'never'}</dd>
      ${
        createdAt !== null &&
        html`<dt>Connected</dt>
          <dd>${timeView(createdAt.toISOString())}</dd>`
      }
    </dl>
    ${
      broken
        ? html`<p class="message warn" role="alert">
            Your SIEM misses events, although they are recorded: the trail below has them all. Set the log stream up
            again, or repair its destination.
          </p>`
        : html`<p class="hint">
            If the state becomes error or invalid, your SIEM gets nothing, although events go on being recorded.
          </p>`
    }`;
}
