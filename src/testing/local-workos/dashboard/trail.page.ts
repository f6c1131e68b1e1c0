import { type Html, type Page, markup } from '../http/html.js';
import { layout } from '../http/page-layout.js';
import { FAULT_KINDS } from './fault-switch.js';
import { TRAIL_SCRIPT } from './trail.script.js';
import { TRAIL_STYLE } from './trail.style.js';

/** What the live page shows first; the rest comes over the event stream. */
export interface TrailView {
  readonly events: { readonly count: number; readonly rows: readonly Html[] };
  readonly refused: { readonly count: number; readonly rows: readonly Html[] };
}

/** The live page: the trail, what was refused, and the fault switches. */
export function trailPage({ events, refused }: TrailView, url: string): Page {
  const buttons = FAULT_KINDS.map(({ kind, label }) => markup`<button name="kind" value="${kind}">${label}</button>`);
  const main = markup`<header>
<div><h1>LocalWorkOS</h1>
<p class="soft">The trail as WorkOS would keep it, at <code>${url}</code>. A development tool: nothing leaves this
machine.</p></div>
<p class="state" id="state" role="status">Connecting</p>
</header>
<form id="faults" method="post" action="/_local/fault"><fieldset>
<legend>What creating an event meets</legend>
${buttons}
<p class="soft" id="fault-state" role="status"></p>
</fieldset></form>
<h2>Events (<span id="event-count">${events.count}</span>), newest first</h2>
<ol class="trail" id="events">${events.rows}</ol>
<h2>Refused requests (<span id="refused-count">${refused.count}</span>)</h2>
<ol class="trail" id="refused">${refused.rows}</ol>`;
  return layout('LocalWorkOS: the trail', main, { style: TRAIL_STYLE, script: TRAIL_SCRIPT });
}
