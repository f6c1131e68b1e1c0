import { isLoopbackName } from '../../../workos/loopback.js';

/** Where a generic HTTPS stream posts events to: the argument of `workos.connectLogStream()`. */
export interface LocalWorkOSLogStream {
  /** https, or http on this machine. */
  readonly url: string;
  /** Sent with each event, such as `{ Authorization: 'Bearer …' }`. @default none */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Headers that `fetch` or the connection decide on. */
const OWN_HEADERS =
  /^(?:content-(?:length|type|encoding)|host|connection|transfer-encoding|expect|upgrade|te|trailer)$/i;

/** What is wrong with a destination, in words for the one who typed it; `undefined` if nothing is. */
export function destinationFault({ url, headers = {} }: LocalWorkOSLogStream): string | undefined {
  if (!URL.canParse(url)) return 'The address must be a URL such as https://siem.example.com/events.';
  const { protocol, hostname, username, password } = new URL(url);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopbackName(hostname))) {
    return 'The address must begin with https://; http:// is for this machine only.';
  }
  if (username !== '' || password !== '') return 'The address must not hold a password; put it into a header.';
  const own = Object.keys(headers).find((name) => OWN_HEADERS.test(name));
  if (own !== undefined) return `The header ${own} is set by LocalWorkOS itself.`;
  try {
    void new Headers(headers);
    return undefined;
  } catch {
    return 'The header must have a name such as Authorization, and a value without line breaks.';
  }
}
