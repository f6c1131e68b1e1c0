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

/** The same for a `Host` header, whose port does not matter. */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && isLoopbackName(host.replace(/:\d+$/, ''));
}

/**
 * A redirect URI that LocalWorkOS follows: http or https, on this machine. A real WorkOS follows those on its
 * allow-list; a development tool that issues codes for anybody must not send them anywhere else.
 */
export function loopbackUrl(value: string): URL | undefined {
  if (!URL.canParse(value)) return undefined;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && isLoopbackName(url.hostname) ? url : undefined;
}
