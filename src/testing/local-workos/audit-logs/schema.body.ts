import { unprocessable } from '../http/api-error.js';
import { type JsonObject, isJsonObject, isStringArray, own } from '../json.js';
import type { MetadataSchema, SchemaBody } from './schema.js';

/**
 * Reads the body of `POST /audit_logs/actions/:name/schemas`.
 * What a property's `type` may be is not checked, as WorkOS does not: a wrong one shows when no event matches it.
 *
 * @throws ApiError 422
 */
export function readSchemaBody(body: JsonObject): SchemaBody {
  const targets = own(body, 'targets');
  if (!Array.isArray(targets) || targets.length === 0) {
    throw unprocessable('targets must be an array with at least one target');
  }
  const actor = own(body, 'actor');
  const metadata = readMetadata('metadata', own(body, 'metadata'));
  return {
    targets: targets.map((target: unknown) => readTarget(target)),
    ...(actor !== undefined && { actor: { metadata: readActor(actor) } }),
    ...(metadata !== undefined && { metadata }),
  };
}

function readTarget(target: unknown): SchemaBody['targets'][number] {
  const type = isJsonObject(target) ? own(target, 'type') : undefined;
  if (!isJsonObject(target) || typeof type !== 'string' || type === '') {
    throw unprocessable('each target must be an object with a type');
  }
  const metadata = readMetadata('targets.metadata', own(target, 'metadata'));
  return { type, ...(metadata !== undefined && { metadata }) };
}

function readActor(actor: unknown): MetadataSchema {
  const metadata = isJsonObject(actor) ? readMetadata('actor.metadata', own(actor, 'metadata')) : undefined;
  if (metadata === undefined) throw unprocessable('actor must be an object with metadata');
  return metadata;
}

function readMetadata(field: string, metadata: unknown): MetadataSchema | undefined {
  if (metadata === undefined) return undefined;
  const properties = isJsonObject(metadata) ? (own(metadata, 'properties') ?? {}) : undefined;
  const required = isJsonObject(metadata) ? (own(metadata, 'required') ?? []) : undefined;
  if (!isJsonObject(properties) || !Object.values(properties).every(isJsonObject) || !isStringArray(required)) {
    throw unprocessable(`${field} must be a JSON schema of an object`);
  }
  return metadata as MetadataSchema;
}
