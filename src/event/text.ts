/** Text that every store and WorkOS accept: well-formed Unicode without NUL, which Postgres refuses in JSON. */
export function cleanText(text: string): string {
  return (text.includes('\u0000') ? text.replaceAll('\u0000', '') : text).toWellFormed();
}

/** Cuts `text` to at most `limit` UTF-16 units, the last one `…`, and never through a surrogate pair. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** A value in an error message: short, on one line, and never a throw. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return JSON.stringify(cutText(value, 60));
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object') return describeObject(value);
  // oxlint-disable-next-line typescript/no-base-to-string -- what is left is a number, a boolean, a bigint or a symbol
  return String(value);
}

function describeObject(value: object): string {
  try {
    if (Array.isArray(value)) return `an array of ${value.length}`;
    return `an object with the keys ${JSON.stringify(Object.keys(value).slice(0, 8))}`;
  } catch {
    return 'an object that cannot be read'; // a proxy
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'an error that cannot be shown';
  }
}
