import { randomUUID } from 'node:crypto';
import { parse as parseQuery } from 'node:querystring';
import type { Faults } from '../faults/faults.js';
import type { RecordedRequest } from '../local-workos.types.js';
import { answerJson } from './answer.js';
import type { LocalRequest, LocalResponse } from './local-request.js';
import { isLoopbackHost } from './loopback.js';
import { readBody } from './read-body.js';
import type { Traffic } from './traffic.js';

/** LocalWorkOS's own pages: not part of the API, so neither recorded nor subject to faults. */
const OWN_PAGES = /^\/(?:$|_local(?:\/|$)|favicon\.ico$)/;

/**
 * What every request passes first: id, Host check (against DNS rebinding), body, record, faults. In this order a
 * request that meets a fault is recorded whole, and no fault depends on the API key.
 */
export function frontDoor(traffic: Traffic, faults: Faults) {
  return async (request: LocalRequest, response: LocalResponse, next: () => void): Promise<void> => {
    if (await enter(request, response, traffic, faults)) next();
  };
}

async function enter(request: LocalRequest, response: LocalResponse, traffic: Traffic, faults: Faults) {
  const id = randomUUID();
  response.setHeader('X-Request-ID', id);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (!isLoopbackHost(request.headers.host)) {
    const message = `LocalWorkOS answers to loopback names only, not to '${request.headers.host}'.`;
    answerJson(response, 403, { message });
    return false;
  }
  try {
    const { body, problem } = await readBody(request);
    request.body = body;
    request.bodyProblem = problem;
  } catch {
    return false; // the client went away while sending
  }
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  if (OWN_PAGES.test(path)) return true;
  request.record = record(id, request, response, path, query);
  traffic.requests.add(request.record);
  return faults.meet(request, response, path);
}

function record(id: string, request: LocalRequest, response: LocalResponse, path: string, query: string) {
  const recorded: RecordedRequest & { status?: number } = {
    id,
    at: new Date(),
    method: request.method ?? '',
    path,
    query: query === '' ? {} : ({ ...parseQuery(query) } as RecordedRequest['query']),
    headers: request.headers,
    body: request.body,
  };
  response.once('finish', () => (recorded.status = response.statusCode));
  return recorded;
}
