import type { LocalRequest } from '../../http/local-request.js';

/** The query of a request, whatever it is: nothing in a URL can make this fail. */
export function queryOf({ url = '/' }: LocalRequest): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : url.slice(start + 1));
}
