import { newId } from '../ids.js';
import type { LocalWorkOSSchema, MetadataTypes } from '../local-workos.seed.js';

/** A metadata object's JSON Schema, as much of it as LocalWorkOS checks. */
export interface MetadataSchema {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, { readonly type?: unknown }>>;
  readonly required?: readonly string[];
}

/** The part of a schema that a caller chooses: the body of `POST /audit_logs/actions/:name/schemas`. */
export interface SchemaBody {
  readonly targets: readonly { readonly type: string; readonly metadata?: MetadataSchema }[];
  readonly actor?: { readonly metadata: MetadataSchema };
  readonly metadata?: MetadataSchema;
}

/** A registered schema; immutable. Its id stands only in cursors. */
export interface Schema extends SchemaBody {
  readonly id: string;
  readonly version: number;
  readonly createdAt: string;
}

/** An action and its schemas, oldest first: version n is at n - 1. */
export interface Action {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly schemas: Schema[];
}

/** The registered actions of the environment. */
export class Schemas {
  readonly #actions = new Map<string, Action>();

  /** All actions, oldest first. */
  get actions(): readonly Action[] {
    return [...this.#actions.values()];
  }

  action(name: string): Action | undefined {
    return this.#actions.get(name);
  }

  find(action: string, version: number): Schema | undefined {
    return this.#actions.get(action)?.schemas[version - 1];
  }

  /** Registers a new version, also if it equals the last one; creates the action if need be. */
  add(name: string, body: SchemaBody): Schema {
    const now = new Date().toISOString();
    const action = this.#actions.get(name) ?? { id: newId('ala'), name, createdAt: now, schemas: [] };
    this.#actions.set(name, action);
    const schema = { ...body, id: newId('als'), version: action.schemas.length + 1, createdAt: now };
    action.schemas.push(schema);
    return schema;
  }
}

/** The short form of `defineSchema` as the body that the SDK would send. */
export function toSchemaBody(schema: LocalWorkOSSchema): SchemaBody {
  if (schema.targets.length === 0) throw new Error('LocalWorkOS: a schema needs at least one target type.');
  const { actor, metadata } = schema;
  return {
    targets: schema.targets.map((target) => {
      if (typeof target === 'string') return { type: target };
      return { type: target.type, ...(target.metadata && { metadata: toMetadataSchema(target.metadata) }) };
    }),
    ...(actor && { actor: { metadata: toMetadataSchema(actor.metadata) } }),
    ...(metadata && { metadata: toMetadataSchema(metadata) }),
  };
}

function toMetadataSchema(types: MetadataTypes): MetadataSchema {
  const properties = Object.fromEntries(Object.entries(types).map(([key, type]) => [key, { type }]));
  return { type: 'object', properties };
}
