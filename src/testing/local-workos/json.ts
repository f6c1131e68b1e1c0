/** A value that JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object whose fields are not known yet, as it comes from a request body. */
export type JsonObject = Record<string, unknown>;

/**
 * Whether a parsed value is a JSON object, and not null or an array.
 *
 * @example isJsonObject(JSON.parse('[]')) // false
 */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of an own property, so that a key such as `constructor` finds nothing that nobody sent. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Whether a value is an array of strings. */
export function isStringArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/**
 * How deep a JSON text nests its objects and arrays, counted without parsing it.
 *
 * Deeply nested input survives `JSON.parse` but overflows the stack of everything recursive that comes after it
 * (`JSON.stringify` above all), so the server refuses it by this count.
 */
export function nestingDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === BACKSLASH) i += 1;
      else if (char === QUOTE) inString = false;
    } else if (char === QUOTE) inString = true;
    else if (char === OPEN_BRACE || char === OPEN_BRACKET) deepest = Math.max(deepest, (depth += 1));
    else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) depth -= 1;
  }
  return deepest;
}

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

/** JSON with sorted keys, so that two texts are equal when their contents are. For values without cycles only. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, nested: unknown) =>
    isJsonObject(nested)
      ? Object.fromEntries(
          Object.keys(nested)
            .toSorted()
            .map((key) => [key, nested[key]]),
        )
      : nested,
  );
}
