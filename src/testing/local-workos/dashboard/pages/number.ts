/** A whole number with thin groups: `12,345`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** A number of things: `1 event`, `12 events`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
