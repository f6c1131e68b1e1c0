/** A field of a form or a query, trimmed. Whatever is no single text, such as a field that was sent twice, is empty. */
export function field(form: unknown, name: string): string {
  if (typeof form !== 'object' || form === null || !Object.hasOwn(form, name)) return '';
  const value = (form as Record<string, unknown>)[name];
  return typeof value === 'string' ? value.trim() : '';
}
