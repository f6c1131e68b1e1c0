import type { WorkOSConnection } from '../workos/workos-client.js';
import type { AuditCatalogue } from '../catalogue/define.js';
import { SchemaApi, type SchemaApiOptions } from './schema.api.js';
import { schemaClient, type WorkOSSchemaClient } from './schema.client.js';
import { type LockDrift, lockDrift } from './schema.drift.js';
import { lockOf, type LockSource } from './schema.locked.js';
import { type PlannedSchema, planSchemas, type SchemaPlan } from './schema.plan.js';
import { forEachLimited } from './schema.pool.js';
import { CONCURRENCY, RemoteSchemas } from './schema.remote.js';
import type { AuditSchema, AuditSchemaLock } from '../catalogue/versions.js';

/** Options of {@link syncSchemas}. */
export interface SyncSchemasOptions extends Partial<SchemaApiOptions> {
  /** The lock so far: of several equal versions at WorkOS, the one that it names stays. */
  readonly lock?: AuditSchemaLock;
  /** The file of the catalogue, as the lock is to name it. */
  readonly events?: string;
  /** Told of each schema that was created. */
  readonly onCreated?: (schema: AuditSchema, version: number) => void;
}

/**
 * Creates at WorkOS whatever schemas of the catalogue it lacks, and gives the lock that belongs to them. Reads first, so
 * it may run at every start; nothing is created twice, except by two at the same time.
 *
 * @throws AuditSchemaError if WorkOS refuses or cannot be reached
 */
export async function syncSchemas(
  workos: WorkOSConnection | WorkOSSchemaClient,
  catalogue: AuditCatalogue,
  options: SyncSchemasOptions = {},
): Promise<AuditSchemaLock> {
  const sync = await SchemaSync.read(workos, catalogue, options);
  await sync.push();
  return sync.lock;
}

/** A catalogue and what WorkOS has of it. */
export class SchemaSync {
  private constructor(
    private readonly source: LockSource,
    private readonly remote: RemoteSchemas,
    private readonly options: SyncSchemasOptions,
  ) {}

  /** Reads what WorkOS has. */
  static async read(
    workos: WorkOSConnection | WorkOSSchemaClient,
    catalogue: AuditCatalogue,
    options: SyncSchemasOptions = {},
  ): Promise<SchemaSync> {
    const { timeoutMs = 30_000 } = options;
    const api = new SchemaApi(schemaClient(workos, timeoutMs), { ...options, timeoutMs });
    const remote = await RemoteSchemas.read(api, catalogue.actions.keys());
    return new SchemaSync({ catalogue, events: options.events }, remote, options);
  }

  /** As things stand now; during a push it changes. */
  get plan(): SchemaPlan {
    return planSchemas(this.source.catalogue, this.remote, this.options.lock);
  }

  /** The lock for what is known to be at WorkOS now. */
  get lock(): AuditSchemaLock {
    return lockOf(this.source, this.plan);
  }

  /** How the lock that was given differs from what a push would write. */
  get lockDrift(): LockDrift[] {
    return lockDrift(this.source, this.plan, this.remote, this.options.lock);
  }

  /** Creates what is missing: several actions at once, the versions of each in the order of `schemasOf`. */
  async push(): Promise<void> {
    const missing = this.plan.schemas.filter(({ state }) => state === 'create');
    const byAction = Map.groupBy(missing, ({ schema }) => schema.action);
    await forEachLimited(byAction.values(), CONCURRENCY, (schemas) => this.#create(schemas));
  }

  async #create(schemas: readonly PlannedSchema[]): Promise<void> {
    for (const { schema, digest } of schemas) {
      const { version } = await this.remote.create(schema, digest);
      this.options.onCreated?.(schema, version);
    }
  }
}
