import { type Html, markup } from '../../http/html.js';
import type { StoredEntity, StoredEvent } from '../../local-workos.types.js';
import type { Numbered } from '../list/select.js';
import { jsonStart } from '../pages/json.html.js';
import { duration, momentHtml } from '../pages/time.js';

/** An event that arrived so long after it happened has waited in the outbox, which is worth a word. */
const LATE_MS = 2000;

/** One event of the trail: a line that opens to the whole of it. */
export function eventRow({ number, item: event }: Numbered<StoredEvent>, organization: string): Html {
  const { action, actor, targets, context, occurredAt } = event;
  return markup`<li data-number="${number}"><details><summary>
<span class="when">${momentHtml(new Date(occurredAt))}<small class="ago"></small></span>
<span class="what"><strong>${action}</strong><small>${organization}</small></span>
<span class="who">${nameOf(actor)}<small>${context.location}</small></span>
<span class="on">${targetsHtml(targets)}${lateHtml(event)}</span>
</summary><div class="whole">${jsonStart(event)}<p><a href="/_local/events/${encodeURIComponent(event.id)}">Open this event</a></p></div></details></li>`;
}

/** How long it was on its way, if that is long enough to tell. */
export function lateHtml({ occurredAt, receivedAt }: StoredEvent, verb = 'arrived '): Html | '' {
  const late = receivedAt.getTime() - Date.parse(occurredAt);
  return late < LATE_MS ? '' : markup` <small class="late">${verb}${duration(late)} later</small>`;
}

function targetsHtml(targets: readonly StoredEntity[]): Html | Html[] {
  if (targets.length === 0) return markup`<small>no targets</small>`;
  return targets.map((target) => markup`<span class="target"><small>${target.type}</small> ${nameOf(target)}</span> `);
}

function nameOf({ id, name }: StoredEntity): string {
  return name ?? id;
}
