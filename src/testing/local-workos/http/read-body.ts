import { nestingDepth } from '../json.js';
import type { BodyProblem, LocalRequest } from './local-request.js';

/** WorkOS refuses larger bodies; 64 KB is the best guess at its limit (production users stay below 60,000 bytes). */
export const MAX_BODY_BYTES = 64 * 1024;
/** What is read and thrown away before the connection is cut, so that an honest client can still read the 413. */
const MAX_DRAINED_BYTES = 16 * 1024 * 1024;
/** No body of the WorkOS API nests deeper than a schema does. */
const MAX_DEPTH = 64;

/** A body as read: parsed if possible, else its text. */
export interface ReadBody {
  readonly body: unknown;
  readonly problem?: BodyProblem;
}

/** Reads and parses a request's body. Rejects if the client goes away in the middle of it. */
export async function readBody(request: LocalRequest): Promise<ReadBody> {
  const { headers } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return { body: undefined };
  const text = await readText(request);
  return text === undefined ? { body: undefined, problem: 'too large' } : parse(text, headers['content-type'] ?? '');
}

async function readText(request: LocalRequest): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else if (size > MAX_DRAINED_BYTES) request.destroy();
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}

function parse(text: string, contentType: string): ReadBody {
  if (text === '') return { body: undefined };
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) {
    return { body: Object.fromEntries(new URLSearchParams(text)) };
  }
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType)) return { body: text };
  if (nestingDepth(text) > MAX_DEPTH) return { body: text, problem: 'too deep' };
  try {
    return { body: JSON.parse(text) as unknown };
  } catch {
    return { body: text, problem: 'not JSON' };
  }
}
