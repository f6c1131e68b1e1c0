/**
 * Sets a key that the application chose: `__proto__` as well is nothing but a key.
 *
 * @param record a plain object
 */
export function setKey<T>(record: Record<string, T>, key: string, value: T): void {
  if (key !== '__proto__') record[key] = value;
  else Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true });
}
