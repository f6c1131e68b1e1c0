/**
 * Secrets that stand for something for a while: authorization codes, access tokens, portal links.
 *
 * @example const codes = new Expiring<Grant>(600_000); codes.put(newSecret(), grant); codes.take(code)
 */
export class Expiring<T> {
  readonly #entries = new Map<string, { readonly value: T; readonly until: number }>();

  constructor(private readonly lifetimeMs: number) {}

  put(key: string, value: T): void {
    for (const [old, entry] of this.#entries) if (entry.until <= Date.now()) this.#entries.delete(old);
    this.#entries.set(key, { value, until: Date.now() + this.lifetimeMs });
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.until > Date.now() ? entry.value : undefined;
  }

  /** The same, once. */
  take(key: string): T | undefined {
    const value = this.get(key);
    this.#entries.delete(key);
    return value;
  }
}
