/**
 * What a guard, a session store or an ORM puts on a request may be a proxy or have getters that throw. Here nothing of it
 * can: what cannot be read is not there.
 */

/** Whether a value has fields of its own kind: not a list, not a function. */
export function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** A field of anything; `undefined` if there is none, or if it throws when it is read. */
export function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** The text of a field; a number that is one counts as text, whatever is blank does not. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** The first items of a list; none, if it is no list. */
export function items(value: unknown, limit: number): unknown[] {
  if (!isList(value)) return [];
  const length = field(value, 'length');
  return Array.from({ length: Math.min(Number(length) || 0, limit) }, (_, index) => field(value, String(index)));
}

/** The fields of an object that can be read, as a plain one; `undefined` for anything else. */
export function plain(value: unknown): Record<string, unknown> | undefined {
  if (!isRecord(value)) return undefined;
  try {
    return Object.fromEntries(Object.keys(value).map((key) => [key, field(value, key)]));
  } catch {
    return undefined;
  }
}

function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false; // a proxy that was revoked
  }
}
