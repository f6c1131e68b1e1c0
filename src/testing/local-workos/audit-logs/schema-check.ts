import { ApiError } from '../http/api-error.js';
import type { StoredEntity, StoredMetadata } from '../local-workos.types.js';
import type { MetadataSchema, Schema } from './schema.js';

/** The parts of an event that a schema speaks about, metadata as sent. */
export interface CheckedEvent {
  readonly actor: StoredEntity;
  readonly targets: readonly StoredEntity[];
  readonly metadata?: StoredMetadata;
}

/**
 * Refuses an event that does not match its schema, with WorkOS's 400:
 * the set of target types must equal the schema's, registered metadata must be sent, and its values must be of the
 * registered kind.
 */
export function checkAgainstSchema(event: CheckedEvent, schema: Schema, unknownKeys: 'accept' | 'refuse'): void {
  checkTargetTypes(event, schema);
  const check = (path: string, sent: StoredMetadata | undefined, registered: MetadataSchema | undefined): void => {
    if (sent !== undefined && registered !== undefined)
      checkMetadata(`${path}/metadata`, sent, registered, unknownKeys);
  };
  if (schema.metadata !== undefined && event.metadata === undefined) throw missingMetadata('', 'metadata');
  if (schema.actor !== undefined && event.actor.metadata === undefined) {
    throw missingMetadata('/actor', 'actor.metadata');
  }
  check('', event.metadata, schema.metadata);
  check('/actor', event.actor.metadata, schema.actor?.metadata);
  for (const [index, target] of event.targets.entries()) {
    check(`/targets/${index}`, target.metadata, schema.targets.find(({ type }) => type === target.type)?.metadata);
  }
}

function checkTargetTypes(event: CheckedEvent, schema: Schema): void {
  const wanted = new Set(schema.targets.map(({ type }) => type));
  const sent = new Set(event.targets.map(({ type }) => type));
  const reason = `target types sent: ${describe(sent)}; the schema wants exactly: ${describe(wanted)}`;
  const extra = event.targets.findIndex(({ type }) => !wanted.has(type));
  if (extra !== -1) throw mismatch('Invalid Audit Log event.', `/targets/${extra}/type`, reason);
  if (sent.size !== wanted.size) throw mismatch('Invalid Audit Log event.', '/targets', reason);
}

function describe(types: Set<string>): string {
  return [...types].join(', ') || 'none';
}

function checkMetadata(path: string, sent: StoredMetadata, schema: MetadataSchema, unknown: 'accept' | 'refuse'): void {
  const properties = schema.properties ?? {};
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(sent, key)) throw wrongKeys(path, `the key '${key}' is missing`);
  }
  for (const [key, value] of Object.entries(sent)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property === undefined) {
      if (unknown === 'refuse') throw wrongKeys(path, `the key '${key}' is not registered`);
    } else if (!isOfType(value, property.type)) {
      const reason = `'${key}' is a ${typeof value}, registered as ${JSON.stringify(property.type)}`;
      throw mismatch('Invalid Audit Log event.', `${path}/${key}`, reason);
    }
  }
}

function isOfType(value: string | number | boolean, type: unknown): boolean {
  if (type === undefined) return true;
  if (Array.isArray(type)) return type.some((one) => isOfType(value, one));
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function missingMetadata(instancePath: string, what: string): ApiError {
  return wrongKeys(instancePath, `the schema registers metadata, so the event must send ${what}, if only {}`);
}

function wrongKeys(instancePath: string, reason: string): ApiError {
  return mismatch('Invalid Audit Log event: incorrect or missing metadata keys', instancePath, reason);
}

function mismatch(message: string, instancePath: string, reason: string): ApiError {
  return new ApiError(400, { message, code: 'invalid_audit_log_event', errors: [{ instancePath }] }, reason);
}
