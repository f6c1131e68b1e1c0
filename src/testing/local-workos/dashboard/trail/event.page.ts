import { type Html, markup } from '../../http/html.js';
import type { StoredEntity, StoredEvent, StoredMetadata } from '../../local-workos.types.js';
import { jsonHtml } from '../pages/json.html.js';
import { exactHtml } from '../pages/time.js';
import { lateHtml } from './event.row.js';

/** Where an event's neighbours in the trail are. */
export interface Neighbours {
  readonly newer?: StoredEvent;
  readonly older?: StoredEvent;
}

/** The page of one event: what it says in words, and the whole of it as JSON. */
export function eventPage(event: StoredEvent, organization: string, { newer, older }: Neighbours): Html {
  const { action, actor, targets, context, metadata, occurredAt, receivedAt, organizationId, version, id } = event;
  const happened = new Date(occurredAt);
  return markup`<p class="crumbs"><a href="/">Trail</a></p>
<div class="title"><h1><code>${action}</code></h1>
<nav class="pager" aria-label="Neighbours">${neighbour(newer, 'Newer', 'prev')} ${neighbour(older, 'Older', 'next')}</nav></div>
<p class="soft">${exactHtml(happened)} · <span class="ago" data-at="${happened.toISOString()}"></span></p>
<div class="columns">
<section class="card" aria-labelledby="facts"><h2 id="facts">Details</h2><dl class="facts">
${fact('Actor', entityHtml(actor), { actor: actor.id })}
${targets.map((target) => fact('Target', entityHtml(target), { target: target.id }))}
${fact('Organization', markup`${organization} <small>${organizationId}</small>`, { q: organizationId })}
${fact('From', markup`${context.location}`, { q: context.location })}
${context.userAgent === undefined ? '' : fact('User agent', markup`${context.userAgent}`)}
${fact('Metadata', metadataHtml(metadata))}
${fact('Arrived', markup`${exactHtml(receivedAt)}${lateHtml(event, '')}`)}
${fact('Schema', markup`<a href="/_local/schemas#${encodeURIComponent(action)}">version ${version}</a>`, { action })}
${fact('Idempotency key', markup`<code>${event.idempotencyKey ?? 'none'}</code>`)}
</dl></section>
<section class="card" aria-labelledby="json"><div class="title"><h2 id="json">JSON</h2>
<span><button type="button" data-copy="#event-json" hidden>Copy</button>
<a href="/_local/events/${encodeURIComponent(id)}.json">Raw</a></span></div>
<div id="event-json">${jsonHtml(event)}</div></section>
</div>`;
}

/** For an event that is not, or no longer, in the trail. */
export function noEventPage(id: string): Html {
  return markup`<h1>No such event</h1>
<p role="alert">There is no event <code>${id}</code> in the trail: it was never stored, or the trail has begun anew since.</p>
<p><a href="/">To the trail</a></p>`;
}

function fact(name: string, value: Html, filter?: Record<string, string>): Html {
  const link =
    filter === undefined
      ? ''
      : markup` <a class="all" href="/?${new URLSearchParams(filter).toString()}" aria-label="Show all events with this ${name.toLowerCase()}">show all</a>`;
  return markup`<div><dt>${name}</dt><dd>${value}${link}</dd></div>`;
}

function entityHtml({ id, type, name, metadata = {} }: StoredEntity): Html {
  const more = Object.keys(metadata).length === 0 ? '' : metadataHtml(metadata);
  return markup`<span class="target"><small>${type}</small> ${name ?? id}</span>${name === undefined ? '' : markup` <small>${id}</small>`}${more}`;
}

function metadataHtml(metadata: StoredMetadata): Html {
  const entries = Object.entries(metadata);
  if (entries.length === 0) return markup`<span class="soft">none</span>`;
  return markup`<ul class="plain">${entries.map(([key, value]) => markup`<li><code>${key}</code> ${String(value)}</li>`)}</ul>`;
}

function neighbour(event: StoredEvent | undefined, label: string, rel: string): Html | '' {
  if (event === undefined) return '';
  return markup`<a href="/_local/events/${encodeURIComponent(event.id)}" rel="${rel}">${label}</a>`;
}
