import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Html, html } from '../web/html.js';
import type { Siem, StreamedEvent } from './siem.js';

const STYLE = `
:root { color-scheme: light dark; --ink: #1c1917; --soft: #57534e; --line: #d6d3d1; --bg: #fafaf9; --accent: #7c2d12; }
@media (prefers-color-scheme: dark) { :root { --ink: #f5f5f4; --soft: #b8b2ac; --line: #44403c; --bg: #161413; --accent: #fdba74; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--bg); max-width: 64rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { color: var(--accent); font-size: 1.5rem; margin: 0; } .soft, dt, time { color: var(--soft); } time { white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; } dd { margin: 0; overflow-wrap: anywhere; }
code { font: .85rem/1.45 ui-monospace, monospace; user-select: all; }
button { font: inherit; padding: .4rem .9rem; border: 1px solid var(--accent); border-radius: .4rem; background: none; color: var(--accent); cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
ol { list-style: none; padding: 0; } li { border-top: 1px solid var(--line); padding: .5rem 0; overflow-wrap: anywhere; }
`;

/** Fetches the rows again each second; without it, loading the page again does. */
const SCRIPT = `
setInterval(async () => {
  const answer = await fetch('/rows').catch(() => undefined);
  const rows = document.getElementById('rows');
  const text = answer?.ok ? await answer.text() : undefined;
  if (text !== undefined && rows.dataset.seen !== text) { rows.innerHTML = text; rows.dataset.seen = text; }
}, 1000);
`;

/** Sends the page: what to type into the Admin Portal, and what has arrived. */
export function siemPage(response: ServerResponse, { endpoint, token, events }: Siem, isOn: boolean): void {
  const nonce = randomBytes(16).toString('base64');
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy,
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>SIEM of Acme</title>
      <link rel="icon" href="data:," />
      <style nonce="${nonce}">
        ${new Html(STYLE)}
      </style>
    </head>
    <body>
      <main>
        <h1>SIEM of Acme</h1>
        <p class="soft">Stands for the security tool of a customer, which a log stream brings every event to.</p>
        <dl>
          <dt>Address</dt>
          <dd><code>${endpoint}</code></dd>
          <dt>Header</dt>
          <dd><code>Authorization</code></dd>
          <dt>Secret</dt>
          <dd><code>Bearer ${token}</code></dd>
          <dt>State</dt>
          <dd>${isOn ? 'takes events' : 'switched off: answers 503'}</dd>
        </dl>
        <form method="post" action="/switch"><button>${isOn ? 'Switch off' : 'Switch on'}</button></form>
        <h2>Arrived, newest first</h2>
        <div id="rows" role="log" aria-label="Events">${siemRows(events)}</div>
      </main>
      <script nonce="${nonce}">
        ${new Html(SCRIPT)};
      </script>
    </body>
  </html>`;
  response.end(`<!doctype html>\n${page.toString()}`);
}

/** The events, as the page shows them. */
export function siemRows(events: readonly StreamedEvent[]): Html {
  if (events.length === 0) return html`<p class="soft">Nothing yet.</p>`;
  const rows = events.map(({ id, action, occurred_at: at, actor, targets }) => {
    const on = targets.map((target) => `${target.type} ${target.name ?? target.id}`).join(', ');
    return html`<li id="${id}">
      <strong>${action}</strong> by ${actor.name ?? actor.id} on ${on} <time datetime="${at}">${at}</time>
    </li>`;
  });
  return html`<ol>
    ${rows}
  </ol>`;
}
