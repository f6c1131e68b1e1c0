import { type AuditCatalogue, type AuditSchema, schemasOf } from 'nestjs-workos-audit';
import type { LocalWorkOS } from 'nestjs-workos-audit/testing';

/** A schema as `expect` compares it. */
export interface Registered {
  readonly version: number;
  readonly targets: readonly string[];
  readonly metadata: string;
}

type Page = { data: Record<string, unknown>[]; list_metadata: { after: string | null } };

/** What a LocalWorkOS has, by action, oldest version first; read over HTTP without the code under test. */
export async function registered(workos: LocalWorkOS): Promise<Record<string, Registered[]>> {
  const found: Record<string, Registered[]> = {};
  for (const { name } of await list(workos, '/audit_logs/actions')) {
    const schemas = await list(workos, `/audit_logs/actions/${encodeURIComponent(String(name))}/schemas`);
    found[String(name)] = schemas.map((schema) => ({
      version: schema['version'] as number,
      targets: (schema['targets'] as { type: string }[]).map(({ type }) => type),
      metadata: types((schema['metadata'] as { properties?: object } | undefined)?.properties),
    }));
  }
  return found;
}

/** What WorkOS has after a push of a catalogue to an empty environment. */
export function expected(catalogue: AuditCatalogue): Record<string, Registered[]> {
  return Object.fromEntries(
    [...catalogue.actions.values()].map((action) => [
      action.action,
      schemasOf(action).map(({ targets, metadata }: AuditSchema, index) => ({
        version: index + 1,
        targets: targets.map(({ type }) => type),
        metadata: types(
          Object.fromEntries(Object.entries(metadata ?? {}).map(([key, type]) => [key, { type }])) as object,
        ),
      })),
    ]),
  );
}

function types(properties: object = {}): string {
  return JSON.stringify(Object.entries(properties).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function list(workos: LocalWorkOS, path: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let after: string | null = '';
  do {
    const response = await fetch(`${workos.url}${path}?order=asc&limit=100${after && `&after=${after}`}`, {
      headers: { authorization: `Bearer ${workos.apiKey}` },
    });
    const page = (await response.json()) as Page;
    items.push(...page.data);
    after = page.list_metadata.after;
  } while (after);
  return items;
}
