import type { SchemaApi } from './schema.api.js';
import { AuditSchemaError } from './schema.errors.js';
import { forEachLimited } from './schema.pool.js';
import { readSchema, recordOf, type RemoteSchema, schemaBody } from './schema.wire.js';
import type { AuditSchema } from '../catalogue/versions.js';

/** Requests at once: quick enough for hundreds of actions, and far below WorkOS's limit. */
export const CONCURRENCY = 4;

const ACTIONS = '/audit_logs/actions';

/** What WorkOS has: every action, and the schemas of those that are asked for. */
export class RemoteSchemas {
  readonly #schemas = new Map<string, readonly RemoteSchema[]>();

  private constructor(
    private readonly api: SchemaApi,
    /** All actions of the environment. */
    readonly actions: ReadonlySet<string>,
  ) {}

  /** Reads the names of all actions, and all schema versions of those in `wanted`. */
  static async read(api: SchemaApi, wanted: Iterable<string>): Promise<RemoteSchemas> {
    const actions = await listAll(api, ACTIONS);
    const remote = new RemoteSchemas(api, new Set(actions.map((action) => String(recordOf(action)['name']))));
    const there = [...wanted].filter((action) => remote.actions.has(action));
    await forEachLimited(there, CONCURRENCY, (action) => remote.#reread(action));
    return remote;
  }

  /** The schemas of an action, newest first. */
  of(action: string): readonly RemoteSchema[] {
    return this.#schemas.get(action) ?? [];
  }

  /**
   * Creates a schema that is not there. WorkOS honours no idempotency key here, so after a failure that leaves open
   * whether the schema was stored, what WorkOS has is read again before the next attempt.
   */
  async create(schema: AuditSchema, digest: string): Promise<RemoteSchema> {
    const path = schemasPath(schema.action);
    const patience = this.api.patience(`POST ${path}`);
    for (;;) {
      const { outcome, data } = await this.api.post(path, schemaBody(schema));
      const stored = outcome.kind === 'delivered' ? readSchema(data) : undefined;
      if (stored) return this.#accept(schema.action, stored, digest);
      await patience.wait(outcome.kind === 'delivered' ? NO_SCHEMA : outcome);
      if (outcome.kind === 'throttled') continue;
      const found = (await this.#reread(schema.action)).find((one) => one.digest === digest);
      if (found) return found;
    }
  }

  #accept(action: string, stored: RemoteSchema, digest: string): RemoteSchema {
    this.#schemas.set(action, [stored, ...this.of(action)]);
    if (stored.digest === digest) return stored;
    throw new AuditSchemaError(
      `POST ${schemasPath(action)}`,
      `WorkOS stored version ${stored.version} of '${action}' otherwise than it was sent. Compare it with the catalogue ` +
        'in the WorkOS dashboard before you push again: each push would make one more version',
    );
  }

  async #reread(action: string): Promise<readonly RemoteSchema[]> {
    const schemas = (await listAll(this.api, schemasPath(action))).map((item) => {
      const schema = readSchema(item);
      if (!schema) throw new AuditSchemaError(`GET ${schemasPath(action)}`, 'an answer that holds no schemas');
      return schema;
    });
    this.#schemas.set(action, schemas);
    return schemas;
  }
}

const NO_SCHEMA = { kind: 'retry', error: { message: 'an answer that is no schema' } } as const;

function schemasPath(action: string): string {
  return `${ACTIONS}/${encodeURIComponent(action)}/schemas`;
}

/** Every item of a list, page by page; one that does not exist has none. The SDK's own paging sleeps between pages. */
async function listAll(api: SchemaApi, path: string): Promise<unknown[]> {
  const items: unknown[] = [];
  const cursors = new Set<string>();
  for (let after = ''; ;) {
    const page = await api.get(path, { limit: '100', order: 'desc', ...(after && { after }) });
    if (page === undefined && path !== ACTIONS) return items;
    const { data, list_metadata: cursor } = recordOf(page);
    if (!Array.isArray(data)) throw new AuditSchemaError(`GET ${path}`, 'an answer that is no list');
    items.push(...(data as unknown[]));
    const next = recordOf(cursor)['after'];
    if (typeof next !== 'string' || next === '' || cursors.has(next)) return items;
    cursors.add(next);
    after = next;
  }
}
