import { isLoopbackName } from '../../../workos/loopback.js';

/** Whether a `Host` header can only mean this machine; its port does not matter. */
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
