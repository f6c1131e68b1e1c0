/**
 * Whether a host name can only mean this machine: `localhost` and its subdomains, 127.0.0.0/8 and ::1.
 * Names that merely resolve to it do not count: that is how DNS rebinding gets in.
 *
 * @example isLoopbackName('127.0.0.1.evil.example') // false
 */
export function isLoopbackName(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '[::1]' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
  );
}

/** An absolute https URL, or an http one of this machine; `undefined` for everything else. */
export function secureUrl(value: unknown): URL | undefined {
  const text = value instanceof URL ? value.href : value;
  if (typeof text !== 'string' || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackName(url.hostname));
  return isSecure ? url : undefined;
}
