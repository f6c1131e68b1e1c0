import type { AuditMetadata, AuditMetadataInput, AuditMetadataValue } from './event.js';
import { setKey } from './record.js';
import { cleanText, cutText, describeValue } from './text.js';

// The limits of a metadata object in the OpenAPI document of WorkOS (`POST /audit_logs/events`).
const MAX_KEYS = 50;
const MAX_KEY_LENGTH = 40;
const MAX_VALUE_LENGTH = 500;
const MAX_DEPTH = 4;

/** What stands for a value that must not be stored. */
export const REDACTED = '[redacted]';

/** Takes a word on everything that had to be changed to make an event acceptable. */
export type Note = (fault: string) => void;

/** Which metadata keys are stored as `[redacted]`: a name (whatever its case) or a pattern. */
export type RedactRule = string | RegExp;

/** Metadata within WorkOS's limits; whatever is cut, renamed or left out is told to `note`. */
export function toMetadata(
  input: AuditMetadataInput | undefined,
  redact: (key: string) => boolean,
  note: Note,
): AuditMetadata {
  const metadata: AuditMetadata = {};
  if (input === undefined || input === null) return metadata;
  if (typeof input !== 'object' || Array.isArray(input)) {
    note(`metadata is ${describeValue(input)}; expected an object of keys and values, so it was left out`);
    return metadata;
  }
  let kept = 0;
  let surplus = 0;
  const take = (path: string, value: AuditMetadataValue): void => {
    const key = keyOf(path);
    if (key !== path) note(`metadata key "${cutText(path, 60)}" was written "${key}" ([a-zA-Z0-9_-], at most 40)`);
    if (Object.hasOwn(metadata, key)) return note(`metadata key "${key}" is there twice; the first value was kept`);
    if (kept >= MAX_KEYS) {
      surplus += 1;
      return;
    }
    kept += 1;
    setKey(metadata, key, cutValue(key, value, note));
  };
  takeLeaves(input, { redact, note, take });
  if (surplus > 0) note(`metadata has more than ${MAX_KEYS} keys; ${surplus} were left out`);
  return metadata;
}

/** Turns the rules of the `redact` option into one question about a key. */
export function redactor(rules: readonly RedactRule[]): (key: string) => boolean {
  const names = new Set(rules.filter((rule) => typeof rule === 'string').map((rule) => rule.toLowerCase()));
  // Without g and y, which make `test` remember where it stopped.
  const patterns = rules
    .filter((rule) => rule instanceof RegExp)
    .map((rule) => new RegExp(rule.source, rule.flags.replace(/[gy]/g, '')));
  if (names.size + patterns.length === 0) return () => false;
  return (key) => names.has(key.toLowerCase()) || patterns.some((pattern) => pattern.test(key));
}

interface Leaves {
  readonly redact: (key: string) => boolean;
  readonly note: Note;
  readonly take: (path: string, value: AuditMetadataValue) => void;
}

/** The leaves of nested metadata, their paths joined with `_`. */
function takeLeaves(object: object, leaves: Leaves, prefix = '', ancestors: readonly object[] = []): void {
  const { redact, note, take } = leaves;
  for (const key of Object.keys(object)) {
    const path = prefix + key;
    if (redact(key) || (prefix !== '' && redact(path))) {
      take(path, REDACTED);
      continue;
    }
    let value: unknown;
    try {
      value = (object as Record<string, unknown>)[key];
      if (value !== null && typeof value === 'object' && 'toJSON' in value && typeof value.toJSON === 'function') {
        value = value instanceof Date && Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toJSON();
      }
    } catch {
      note(`metadata key "${path}" could not be read and was left out`);
      continue;
    }
    if (isBranch(value) && ancestors.length < MAX_DEPTH && !ancestors.includes(value)) {
      takeLeaves(value, leaves, `${path}_`, [...ancestors, object]);
      continue;
    }
    const leaf = toValue(value, redact);
    if (leaf !== undefined) take(path, leaf);
    else if (value !== null && value !== undefined)
      note(`metadata key "${path}" is ${describeValue(value)} and was left out`);
  }
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toValue(value: unknown, redact: (key: string) => boolean): AuditMetadataValue | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return String(value);
    case 'object':
      return value === null ? undefined : toJson(value, redact);
    default:
      return undefined;
  }
}

function toJson(value: object, redact: (key: string) => boolean): string | undefined {
  try {
    return JSON.stringify(value, (key, inner: unknown) => {
      if (key !== '' && redact(key)) return REDACTED;
      return typeof inner === 'bigint' ? String(inner) : inner;
    });
  } catch {
    return undefined; // a cycle
  }
}

const ACCEPTABLE_KEY = new RegExp(`^[a-zA-Z0-9_-]{1,${MAX_KEY_LENGTH}}$`);

function keyOf(path: string): string {
  if (ACCEPTABLE_KEY.test(path)) return path;
  return path.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, MAX_KEY_LENGTH) || '_';
}

function cutValue(key: string, value: AuditMetadataValue, note: Note): AuditMetadataValue {
  if (typeof value !== 'string') return value;
  const text = cleanText(value);
  if (text.length > MAX_VALUE_LENGTH)
    note(`metadata "${key}" has ${text.length} characters and was cut to ${MAX_VALUE_LENGTH}`);
  return cutText(text, MAX_VALUE_LENGTH);
}
