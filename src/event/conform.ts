import type { AuditMetadataSchema, AuditMetadataType } from '../catalogue/define.js';
import type { AuditMetadata, AuditMetadataValue } from './event.js';
import { type Note, REDACTED } from './metadata.js';
import { setKey } from './record.js';
import { describeValue } from './text.js';

/** What to do with metadata that the catalogue does not declare for an action. */
export type UndeclaredMetadata = 'drop' | 'keep';

/**
 * Metadata as its schema wants it, since WorkOS refuses an event whose metadata has another type. Repaired where that is
 * certain (`7` in a string field is `'7'`, `'7'` in a number field is `7`), else left out and told to `note`.
 *
 * @param place what the metadata belongs to, for `note`
 */
export function conformMetadata(
  place: string,
  metadata: AuditMetadata,
  schema: AuditMetadataSchema | undefined,
  undeclared: UndeclaredMetadata,
  note: Note,
): AuditMetadata {
  // WorkOS accepts any metadata where none is registered.
  if (schema === undefined) return metadata;
  const conformed: AuditMetadata = {};
  for (const [key, value] of Object.entries(metadata)) {
    const type = Object.hasOwn(schema, key) ? schema[key] : undefined;
    if (type === undefined) {
      if (undeclared === 'keep') setKey(conformed, key, value);
      else note(`${place} "${key}" is not declared in the catalogue and was left out`);
      continue;
    }
    const repaired = conform(value, type);
    if (repaired !== undefined) setKey(conformed, key, repaired);
    else if (value !== REDACTED)
      note(`${place} "${key}" is ${describeValue(value)}, which is no ${type}, and was left out`);
  }
  return conformed;
}

function conform(value: AuditMetadataValue, type: AuditMetadataType): AuditMetadataValue | undefined {
  if (typeof value === type) return value;
  if (type === 'string') return String(value);
  if (typeof value !== 'string') return undefined;
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : undefined;
  const number = Number(value);
  return value.trim() !== '' && Number.isFinite(number) ? number : undefined;
}
