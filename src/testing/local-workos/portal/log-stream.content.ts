import { type Html, markup } from '../http/html.js';
import type { Organization } from '../organizations/organizations.js';
import { LogStream } from '../streams/log-stream.js';
import type { PortalVisit } from './portal.visits.js';

/** What the form holds, and what is wrong with it. */
export interface LogStreamForm {
  readonly url: string;
  readonly header: string;
  readonly value: string;
  readonly fault?: string;
}

export const FORM_STYLE = `
form.fields { display: grid; gap: .25rem; max-width: 34rem; margin: 1rem 0; }
form.fields label { font-weight: 600; margin-top: .5rem; } form.fields small { color: var(--soft); }
input { font: inherit; padding: .5rem; border: 1px solid var(--soft); border-radius: .4rem; background: var(--card); color: var(--ink); }
button { font: inherit; padding: .5rem 1rem; border: 1px solid var(--accent); border-radius: .4rem; background: var(--card);
  color: var(--accent); cursor: pointer; justify-self: start; margin-top: .75rem; }
.fault { color: var(--bad); font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.good { color: var(--good); } .bad { color: var(--bad); }
`;

/** Where an organization's admin connects a stream, and sees whether it delivers. */
export function logStreamContent(
  key: string,
  visit: PortalVisit,
  stream?: LogStream | Organization['logStream'],
  form?: LogStreamForm,
): Html {
  const done = visit.successUrl ?? visit.returnUrl;
  const connected =
    stream &&
    markup`${state(stream)}
<p>${done ? markup`<a href="${done}" rel="noreferrer">Done</a> · ` : ''}<a href="/_local/portal?visit=${key}">Refresh</a></p>
<form method="post" action="/_local/portal/log_stream/remove">
<input type="hidden" name="visit" value="${key}"><button>Disconnect</button></form>`;
  return markup`<h2>Log stream</h2>
<p>Every event of this organization is posted to an address of yours, as JSON.</p>
${connected ?? markup`<p role="status">Nothing is connected yet.</p>`}
<h2>${stream ? 'Connect another address instead' : 'Connect a generic HTTPS stream'}</h2>
${fields(key, form)}`;
}

/** A stream of the seed is a type and a state, and posts nothing. */
function state(stream: LogStream | NonNullable<Organization['logStream']>): Html {
  if (stream instanceof LogStream) return details(stream);
  return markup`<dl role="status"><dt>Type</dt><dd>${stream.type}</dd><dt>State</dt><dd>${stream.state}</dd></dl>`;
}

function details({ destination, state: is, lastSyncedAt, problem, delivered, waiting }: LogStream): Html {
  const trouble =
    problem === undefined ? '' : markup`<dt>Problem</dt><dd class="bad">${problem}; it is tried again</dd>`;
  return markup`<dl role="status">
<dt>State</dt><dd class="${is === 'active' ? 'good' : 'bad'}">${is}</dd>
<dt>Address</dt><dd><code>${destination.url}</code></dd>
<dt>Headers</dt><dd>${Object.keys(destination.headers ?? {}).join(', ') || 'none'}</dd>
<dt>Delivered</dt><dd>${delivered} events</dd>
<dt>Waiting</dt><dd>${waiting} events</dd>
<dt>Last synced</dt><dd>${lastSyncedAt?.toISOString() ?? 'never'}</dd>
${trouble}</dl>`;
}

function fields(
  key: string,
  { url, header, fault }: LogStreamForm = { url: '', header: 'Authorization', value: '' },
): Html {
  return markup`${fault ? markup`<p class="fault" role="alert" id="fault">${fault}</p>` : ''}
<form class="fields" method="post" action="/_local/portal/log_stream">
<input type="hidden" name="visit" value="${key}">
<label for="url">Address</label>
<input id="url" name="url" type="url" required value="${url}" placeholder="https://siem.example.com/events" aria-describedby="url-help${fault ? ' fault' : ''}">
<small id="url-help">https, or http on this machine</small>
<label for="header">Header</label>
<input id="header" name="header" value="${header}" placeholder="Authorization" autocomplete="off">
<label for="value">Its secret value</label>
<input id="value" name="value" type="password" placeholder="Bearer …" autocomplete="off" aria-describedby="value-help">
<small id="value-help">Sent with each event, so that the address knows where it comes from. Leave both empty for none.</small>
<button>Connect</button>
</form>`;
}
