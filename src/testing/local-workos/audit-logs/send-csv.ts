import { createHash } from 'node:crypto';
import type { LocalRequest, LocalResponse } from '../http/local-request.js';

/** Sends a CSV, or the part of it that `Range` asks for, as the object stores that WorkOS links to do. [RFC 9110, 14] */
export function sendCsv({ headers }: LocalRequest, response: LocalResponse, text: string): void {
  const body = Buffer.from(text);
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const isSame = headers['if-range'] === undefined || headers['if-range'] === etag;
  const start = isSame ? startOf(headers.range) : undefined;
  const common = { 'Content-Type': 'text/csv; charset=utf-8', 'Accept-Ranges': 'bytes', ETag: etag };
  if (start !== undefined && start >= body.length) {
    response.writeHead(416, { ...common, 'Content-Range': `bytes */${body.length}`, 'Content-Length': 0 });
    response.end();
    return;
  }
  const part = body.subarray(start);
  const range = start === undefined ? {} : { 'Content-Range': `bytes ${start}-${body.length - 1}/${body.length}` };
  response.writeHead(start === undefined ? 200 : 206, { ...common, ...range, 'Content-Length': part.length });
  response.end(part);
}

/** Only what a download that goes on asks for; another range is passed over, as RFC 9110 allows. */
function startOf(range: string | undefined): number | undefined {
  const [, start] = /^bytes=(\d+)-$/.exec(range ?? '') ?? [];
  return start === undefined ? undefined : Number(start);
}
