import type { LocalResponse } from './local-request.js';

/** Writes a JSON answer, strings included: WorkOS's rate limiter answers the JSON string `"Ratelimited"`. */
export function answerJson(
  response: LocalResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
