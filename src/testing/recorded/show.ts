import { inspect } from 'node:util';
import type { AsymmetricMatcher } from './expectation.js';

export function isAsymmetric(value: unknown): value is AsymmetricMatcher {
  return typeof (value as Partial<AsymmetricMatcher> | null | undefined)?.asymmetricMatch === 'function';
}

/** An object whose fields count, and not itself. */
export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !isAsymmetric(value) &&
    !Array.isArray(value) &&
    !(value instanceof RegExp) &&
    !(value instanceof Date)
  );
}

/** A value on one line, for a message. */
export function show(value: unknown): string {
  if (isAsymmetric(value)) return showMatcher(value);
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (isFields(value)) {
    const fields = Object.entries(value).map(([key, field]) => `${key}: ${show(field)}`);
    return fields.length > 0 ? `{ ${fields.join(', ')} }` : '{}';
  }
  return inspect(value, { breakLength: Infinity });
}

/** As Vitest and Jest print theirs: `Any<String>`, `StringMatching /x/`. */
function showMatcher(matcher: AsymmetricMatcher): string {
  const { toAsymmetricMatcher, sample } = matcher as { toAsymmetricMatcher?: () => string; sample?: unknown };
  if (typeof toAsymmetricMatcher === 'function') return toAsymmetricMatcher.call(matcher);
  // oxlint-disable-next-line typescript/no-base-to-string -- each matcher has its own
  return sample === undefined ? String(matcher) : `${String(matcher)} ${show(sample)}`;
}
