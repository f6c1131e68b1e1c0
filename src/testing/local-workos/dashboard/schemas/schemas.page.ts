import type { Action, MetadataSchema, Schema } from '../../audit-logs/schema.js';
import { type Html, markup } from '../../http/html.js';
import { count, plural } from '../pages/number.js';
import { exactHtml } from '../pages/time.js';

/** What the page of schemas shows. */
export interface SchemasView {
  readonly actions: readonly Action[];
  readonly mode: 'strict' | 'open';
  /** How many events there are of a version. */
  readonly events: (action: string, version: number) => number;
}

/** The registered schemas, by action, the newest version first. */
export function schemasPage({ actions, mode, events }: SchemasView): Html {
  const sorted = actions.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const open =
    mode === 'open'
      ? markup`<p class="note">Events are not checked against schemas here: this LocalWorkOS was started with <code>schemas: 'open'</code>.</p>`
      : '';
  return markup`<div class="title"><h1>Schemas</h1><p class="soft">${plural(actions.length, 'action')}</p></div>
<p class="lead">An event must bring exactly the target types of its version, and metadata of the registered kinds. A version never
changes; a new one is added beside it.</p>${open}
${sorted.length === 0 ? EMPTY : sorted.map((action) => actionHtml(action, events))}`;
}

const EMPTY = markup`<div class="empty"><h3>No schema yet</h3>
<p>Push those of your catalogue with <code>npx workos-audit schemas push</code>, or in code with <code>syncSchemas()</code>.</p></div>`;

function actionHtml({ name, schemas }: Action, events: SchemasView['events']): Html {
  const rows = schemas.toReversed().map((schema) => versionHtml(name, schema, events(name, schema.version)));
  return markup`<section class="card schema" id="${name}" aria-label="${name}"><h2><code>${name}</code></h2>
<div class="scroll" tabindex="0" role="group" aria-label="Versions of ${name}"><table><thead><tr><th scope="col">Version</th><th scope="col">Targets</th><th scope="col">Metadata</th>
<th scope="col">Actor's metadata</th><th scope="col" class="n">Events</th><th scope="col" class="at">Registered</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function versionHtml(action: string, schema: Schema, events: number): Html {
  const targets = schema.targets.map(({ type, metadata }) => {
    const keys = Object.keys(metadata?.properties ?? {}).length === 0 ? '' : markup` ${metadataHtml(metadata)}`;
    return markup`<span class="target">${type}${keys}</span> `;
  });
  const link = markup`<a href="/?${new URLSearchParams({ action }).toString()}">${count(events)}</a>`;
  return markup`<tr><th scope="row">${schema.version}</th><td>${targets}</td><td>${metadataHtml(schema.metadata)}</td>
<td>${metadataHtml(schema.actor?.metadata)}</td><td class="n">${events === 0 ? '0' : link}</td>
<td class="at soft">${exactHtml(new Date(schema.createdAt))}</td></tr>`;
}

function metadataHtml(schema: MetadataSchema | undefined): Html {
  if (schema === undefined) return markup`<span class="soft">not asked for</span>`;
  const entries = Object.entries(schema.properties ?? {});
  if (entries.length === 0) return markup`<span class="soft">none</span>`;
  return markup`${entries.map(([key, { type }]) => {
    const must = schema.required?.includes(key) ? ', required' : '';
    return markup`<code>${key}: ${typeof type === 'string' ? type : (JSON.stringify(type) ?? 'any')}${must}</code> `;
  })}`;
}
