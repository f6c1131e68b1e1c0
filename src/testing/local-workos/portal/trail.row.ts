import { type Html, markup } from '../http/html.js';
import type { StoredEvent } from '../local-workos.types.js';

/** How rows look. */
export const ROW_STYLE = `
ol.trail { list-style: none; margin: 0; padding: 0; display: grid; gap: .4rem; }
ol.trail details { border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
ol.trail summary { display: grid; grid-template-columns: 6rem minmax(9rem, 1fr) minmax(9rem, 1fr) minmax(10rem, 2fr);
  gap: .15rem 1rem; padding: .6rem .9rem; cursor: pointer; list-style: none; overflow-wrap: anywhere; }
ol.trail summary::-webkit-details-marker { display: none; }
ol.trail .more { grid-column: 2 / -1; color: var(--soft); font-size: .85rem; }
ol.trail time { color: var(--soft); font-variant-numeric: tabular-nums; }
ol.trail pre { margin: 0; padding: .9rem; border-top: 1px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 40rem) { ol.trail summary { grid-template-columns: 1fr; } ol.trail .more { grid-column: auto; } }
`;

/** One event of the trail: a line that opens to the whole of it. */
export function trailRow(event: StoredEvent, organization: string): Html {
  const { actor, targets, context } = event;
  const agent = context.userAgent === undefined ? '' : `, ${context.userAgent}`;
  const shown = targets.map((target) => `${target.type} ${target.name ?? target.id}`).join(', ');
  return markup`<li><details><summary>
<time datetime="${event.occurredAt}" title="${event.occurredAt}">${clock(new Date(event.occurredAt))}</time>
<strong>${event.action}</strong>
<span>${actor.name ?? `${actor.type} ${actor.id}`}</span>
<span>${shown || 'no targets'}</span>
<span class="more">${organization}, from ${context.location}${agent}</span>
</summary><pre>${JSON.stringify(event, null, 2)}</pre></details></li>`;
}

function clock(at: Date): string {
  return at.toISOString().slice(11, 19);
}
