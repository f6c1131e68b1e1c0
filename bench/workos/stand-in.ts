import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setPriority } from 'node:os';
import { serve, settingsOf } from '../support/child.js';

export interface StandInSettings {
  /** How long it takes to answer. */
  readonly delayMs?: number;
  /** Instead of 200. */
  readonly status?: number;
  /** Events that it takes a second; 429 above. As in most limiters, a burst of a tenth of a second is allowed. */
  readonly ratePerSecond?: number;
}

export interface Arrivals {
  /** Events, each counted once. */
  readonly accepted: number;
  readonly doubled: number;
  readonly refused: number;
  /** Between the first and the last that was accepted. */
  readonly seconds: number;
}

// WorkOS is on another machine; here it must not take the processor from whoever has just called it.
setPriority(10);

const { delayMs = 0, status = 200, ratePerSecond = Infinity } = settingsOf<StandInSettings>();
const burst = ratePerSecond / 10;

const ids = new Set<unknown>();
let doubled = 0;
let refused = 0;
let firstAt = 0;
let lastAt = 0;
let tokens = burst;
let refilledAt = performance.now();

function take(): boolean {
  const now = performance.now();
  tokens = Math.min(burst, tokens + ((now - refilledAt) / 1_000) * ratePerSecond);
  refilledAt = now;
  if (tokens < 1) return false;
  tokens -= 1;
  return true;
}

function receive(request: IncomingMessage): number {
  if (ratePerSecond !== Infinity && !take()) {
    refused += 1;
    return 429;
  }
  if (status !== 200) return status;
  lastAt = performance.now();
  firstAt ||= lastAt;
  const id = request.headers['idempotency-key'];
  if (id === undefined || !ids.has(id)) ids.add(id ?? ids.size);
  else doubled += 1;
  return 200;
}

const bodies: Record<number, string> = { 200: '{"success":true}' };

function respond(request: IncomingMessage, response: ServerResponse): void {
  const code = receive(request);
  const body = bodies[code] ?? '{"message":"not now"}';
  response.writeHead(code, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

/** Takes events as WorkOS does, as cheaply as it can, and looks at none of them. */
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume();
  request.on('end', () => {
    if (delayMs === 0) respond(request, response);
    else setTimeout(() => respond(request, response), delayMs);
  });
});

const listening = new Promise<number>((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
});

const api = {
  port: () => listening,
  arrivals: (): Arrivals => ({ accepted: ids.size, doubled, refused, seconds: (lastAt - firstAt) / 1_000 }),
};

export type StandInApi = typeof api;
serve(api);
