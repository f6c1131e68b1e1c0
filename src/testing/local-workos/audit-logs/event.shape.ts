import { type JsonObject, isJsonObject, own } from '../json.js';
import { isIsoDateTime } from './iso-date-time.js';

/** One fault of a body, as WorkOS lists them in a 422. [WorkOS OpenAPI; only the code `required` is documented] */
export interface FieldError {
  readonly code: 'required' | 'invalid_type' | 'invalid_format' | 'invalid_key' | 'max_length' | 'max_properties';
  readonly field: string;
}

const METADATA_KEY = /^[a-zA-Z0-9_-]{0,40}$/;
const MAX_METADATA_KEYS = 50;
const MAX_METADATA_STRING = 500;

/**
 * The faults of an event's body against WorkOS's event DTO, none if it has its shape.
 * Limits: 50 metadata keys of `[a-zA-Z0-9_-]{0,40}`, strings up to 500 characters, no null, object or array.
 * [WorkOS OpenAPI, AuditLogEventDto; https://workos.com/docs/audit-logs/metadata-schema]
 */
export function shapeErrors(body: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const root = isJsonObject(body) ? body : {};
  text(errors, root, 'organization_id', '');
  const event = object(errors, root, 'event', '');
  if (event === undefined) return errors;
  text(errors, event, 'action', 'event.');
  text(errors, event, 'occurred_at', 'event.');
  const occurredAt = own(event, 'occurred_at');
  if (typeof occurredAt === 'string' && !isIsoDateTime(occurredAt)) {
    errors.push({ code: 'invalid_format', field: 'event.occurred_at' });
  }
  const version = own(event, 'version');
  if (version !== undefined && !Number.isInteger(version)) {
    errors.push({ code: 'invalid_type', field: 'event.version' });
  }
  entity(errors, object(errors, event, 'actor', 'event.'), 'event.actor.');
  targets(errors, event);
  const context = object(errors, event, 'context', 'event.');
  if (context !== undefined) {
    text(errors, context, 'location', 'event.context.');
    text(errors, context, 'user_agent', 'event.context.', false);
  }
  metadata(errors, event, 'event.');
  return errors;
}

function targets(errors: FieldError[], event: JsonObject): void {
  const list = own(event, 'targets');
  if (list === undefined) errors.push({ code: 'required', field: 'event.targets' });
  else if (!Array.isArray(list)) errors.push({ code: 'invalid_type', field: 'event.targets' });
  else {
    for (const [index, target] of list.entries()) {
      const field = `event.targets.${index}`;
      if (isJsonObject(target)) entity(errors, target, `${field}.`);
      else errors.push({ code: 'invalid_type', field });
    }
  }
}

function entity(errors: FieldError[], value: JsonObject | undefined, prefix: string): void {
  if (value === undefined) return;
  text(errors, value, 'id', prefix);
  text(errors, value, 'type', prefix);
  text(errors, value, 'name', prefix, false);
  metadata(errors, value, prefix);
}

function metadata(errors: FieldError[], parent: JsonObject, prefix: string): void {
  const field = `${prefix}metadata`;
  const value = own(parent, 'metadata');
  if (value === undefined) return;
  if (!isJsonObject(value)) {
    errors.push({ code: 'invalid_type', field });
    return;
  }
  const entries = Object.entries(value);
  if (entries.length > MAX_METADATA_KEYS) errors.push({ code: 'max_properties', field });
  for (const [key, item] of entries) {
    if (!METADATA_KEY.test(key)) errors.push({ code: 'invalid_key', field: `${field}.${key}` });
    if (typeof item === 'string') {
      // Counted in characters, as JSON Schema does, not in UTF-16 units.
      if (item.length > MAX_METADATA_STRING && Array.from(item).length > MAX_METADATA_STRING) {
        errors.push({ code: 'max_length', field: `${field}.${key}` });
      }
    } else if (typeof item !== 'number' && typeof item !== 'boolean') {
      errors.push({ code: 'invalid_type', field: `${field}.${key}` });
    }
  }
}

function object(errors: FieldError[], parent: JsonObject, key: string, prefix: string): JsonObject | undefined {
  const value = own(parent, key);
  if (isJsonObject(value)) return value;
  errors.push({ code: value === undefined ? 'required' : 'invalid_type', field: prefix + key });
  return undefined;
}

function text(errors: FieldError[], parent: JsonObject, key: string, prefix: string, required = true): void {
  const value = own(parent, key);
  if (typeof value === 'string' || (value === undefined && !required)) return;
  errors.push({ code: value === undefined ? 'required' : 'invalid_type', field: prefix + key });
}
