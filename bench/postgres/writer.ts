import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import type { OutboxEntry } from 'nestjs-workos-audit';
import { serve, settingsOf } from '../support/child.js';
import { outboxAt, type Place } from './places.js';

export interface Appended {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const outbox = await outboxAt(settingsOf<Place>());
await outbox.open();

function entry(): OutboxEntry {
  const organizationId = 'org_01HQ3ZV9DVBN8XQ6CJ0WJ3K2AB';
  const actor = { id: 'user_01HQ3ZV9DVBN8XQ6CJ0WJ3K2AA', type: 'user', name: 'Ada Lovelace', metadata: {} };
  const targets = [{ id: 'post_1', type: 'post', name: 'On the Analytical Engine' }];
  const context = { location: '203.0.113.7', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) bench/1.0' };
  const metadata = { title: 'On the Analytical Engine', text: 'x'.repeat(400) };
  const occurredAt = new Date().toISOString();
  const event = { organizationId, action: 'post.create', occurredAt, actor, targets, context, metadata, version: 1 };
  return { id: randomUUID(), recordedAt: Date.now(), event };
}

/** Appends one entry after the other, in as many places at a time. */
async function append(seconds: number, writers: number): Promise<Appended> {
  const histogram = createHistogram();
  const start = performance.now();
  const write = async (): Promise<void> => {
    while (performance.now() - start < seconds * 1_000) {
      const began = performance.now();
      await outbox.append([entry()]);
      histogram.record(Math.max(1, Math.round((performance.now() - began) * 1_000)));
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  const elapsed = (performance.now() - start) / 1_000;
  const ms = (percentile: number): number => histogram.percentile(percentile) / 1_000;
  return { perSecond: histogram.count / elapsed, p50Ms: ms(50), p99Ms: ms(99) };
}

const arrivals = new Map<string, (at: number) => void>();
/** Stands for WorkOS here, so that one clock measures from the append to the arrival. */
const workos = createServer((request, response) => {
  arrivals.get(String(request.headers['idempotency-key']))?.(performance.now());
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"success":true}');
  });
});
await new Promise<void>((resolve) => void workos.listen(0, '127.0.0.1', resolve));

/** The time from an append to its arrival, one event every 20 ms or so, in milliseconds. */
async function latencies(count: number): Promise<number[]> {
  const all: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const one = entry();
    const began = performance.now();
    const arrived = new Promise<number>((resolve) => arrivals.set(one.id, resolve));
    await outbox.append([one]);
    all.push((await arrived) - began);
    arrivals.delete(one.id);
    await new Promise((resolve) => void setTimeout(resolve, 10 + Math.random() * 20));
  }
  return all;
}

const api = { append, latencies, workosPort: (): number => (workos.address() as AddressInfo).port };
export type WriterApi = typeof api;
serve(api);
