import { Child } from '../support/child.js';
import { each, interleaved } from '../support/rounds.js';
import { ratios, spread } from '../support/statistics.js';
import { table } from '../support/table.js';
import type { LoadApi } from '../throughput/load.js';
import type { StandInApi } from '../workos/stand-in.js';
import { Database } from './database.js';
import type { Place } from './places.js';
import type { PostgresServerApi, PostgresServerSettings } from './server.js';
import type { WriterApi } from './writer.js';

export interface PostgresPlan {
  readonly rounds: number;
  readonly seconds: number;
  /** Events whose way to WorkOS is timed in each round. */
  readonly timed: number;
  readonly progress: (text: string) => void;
}

const WRITERS = [1, 16, 64];
const CONNECTIONS = 64;

/** The Postgres outbox: appends, requests, and the time to WorkOS. */
export async function postgres(plan: PostgresPlan): Promise<string> {
  const database = await Database.start();
  try {
    const { url } = database;
    return [
      '## Postgres',
      'Postgres 18 with its default settings on the same machine and disk, through `pgBossOutbox()`.',
      await appends(plan, url),
      await requests(plan, url),
      await ways(plan, url),
    ].join('\n\n');
  } finally {
    await database.stop();
  }
}

async function appends(plan: PostgresPlan, url: string): Promise<string> {
  const cases = (['SQLite', 'Postgres'] as const).flatMap((kind) => WRITERS.map((writers) => ({ kind, writers })));
  const measured = await interleaved(
    plan.rounds,
    cases,
    async ({ kind, writers }) => {
      const writer = Child.start<WriterApi>(new URL('writer.js', import.meta.url), { kind, url } satisfies Place);
      await writer.ask('append', 0.3, writers);
      const appended = await writer.ask('append', plan.seconds, writers);
      await writer.end();
      return appended;
    },
    (text) => plan.progress(`postgres, appends: ${text}`),
  );
  const rows = cases.map((one) => {
    const all = measured.get(one);
    const figures = [
      spread(
        each(all, ({ perSecond }) => perSecond),
        0,
      ),
      spread(
        each(all, ({ p50Ms }) => p50Ms),
        2,
        ' ms',
      ),
      spread(
        each(all, ({ p99Ms }) => p99Ms),
        2,
        ' ms',
      ),
    ];
    return [`${one.kind}, ${one.writers} at a time`].concat(figures);
  });
  return table(['durable `append` of one event', 'a second', 'p50', 'p99'], rows);
}

async function requests(plan: PostgresPlan, url: string): Promise<string> {
  const load = Child.start<LoadApi>(new URL('../throughput/load.js', import.meta.url));
  const workos = Child.start<StandInApi>(new URL('../workos/stand-in.js', import.meta.url));
  const workosPort = await workos.ask('port');
  const kinds = [undefined, 'memory', 'SQLite', 'Postgres'] as const;
  const measured = await interleaved(
    plan.rounds,
    kinds,
    async (kind) => {
      const settings: PostgresServerSettings = { workosPort, ...(kind && { place: { kind, url } }) };
      const server = Child.start<PostgresServerApi>(new URL('server.js', import.meta.url), settings);
      const to = { port: await server.ask('port'), path: kind ? '/audited' : '/plain', connections: CONNECTIONS };
      await load.ask('run', { ...to, seconds: plan.seconds });
      const answers = await load.ask('run', { ...to, seconds: plan.seconds });
      await server.end();
      return answers;
    },
    (text) => plan.progress(`postgres, requests: ${text}`),
  );
  await Promise.all([load.end(), workos.end()]);
  const plain = each(measured.get(undefined), ({ perSecond }) => perSecond);
  const rows = kinds.map((kind) => {
    const all = measured.get(kind);
    const perSecond = each(all, (one) => one.perSecond);
    const latency = spread(
      each(all, ({ p50Ms }) => p50Ms),
      1,
      ' ms',
    );
    return [
      kind ? `audited, ${kind}` : 'unaudited',
      spread(perSecond, 0),
      spread(ratios(perSecond, plain), 2),
      latency,
    ];
  });
  return table([`Fastify, ${CONNECTIONS} connections`, 'requests a second', 'of unaudited', 'p50'], rows);
}

async function ways(plan: PostgresPlan, url: string): Promise<string> {
  const cases = [
    { label: 'another instance, woken by NOTIFY', notify: true },
    { label: 'another instance, polling every second', notify: false },
  ];
  const measured = await interleaved(
    plan.rounds,
    cases,
    async ({ notify }) => {
      const place: Place = { kind: 'Postgres', url, queue: `way-${performance.now().toFixed(0)}`, notify };
      const writer = Child.start<WriterApi>(new URL('writer.js', import.meta.url), place);
      const settings: PostgresServerSettings = { workosPort: await writer.ask('workosPort'), place };
      const server = Child.start<PostgresServerApi>(new URL('server.js', import.meta.url), settings);
      await server.ask('port');
      const all = (await writer.ask('latencies', notify ? plan.timed : Math.ceil(plan.timed / 20))).toSorted(
        (a, b) => a - b,
      );
      await Promise.all([writer.end(), server.end()]);
      const at = (share: number): number => all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? Number.NaN;
      return { p50: at(0.5), p99: at(0.99) };
    },
    (text) => plan.progress(`postgres, ways: ${text}`),
  );
  const rows = cases.map((one) => {
    const all = measured.get(one);
    return [
      one.label,
      spread(
        each(all, ({ p50 }) => p50),
        1,
        ' ms',
      ),
      spread(
        each(all, ({ p99 }) => p99),
        1,
        ' ms',
      ),
    ];
  });
  return table(['from `append` to WorkOS, sent by', 'p50', 'p99'], rows);
}
