import { Child } from '../support/child.js';
import { type Cpu, cpuEach } from '../support/cpu.js';
import { each, interleaved } from '../support/rounds.js';
import { differences, ratios, spread } from '../support/statistics.js';
import { table } from '../support/table.js';
import type { StandInApi } from '../workos/stand-in.js';
import type { LoadApi } from './load.js';
import { SHOWN } from './posts.js';
import type { ServerApi, ServerSettings } from './server.js';
import { auditedVariants, type HandlerKind, handlers, type Platform, platformNames, type Variant } from './variants.js';

export interface ThroughputPlan {
  readonly rounds: number;
  readonly platforms: readonly Platform[];
  readonly sqlite: boolean;
  /** Before the measurement, so that the code is compiled; at the most so many requests, and so long. */
  readonly warmUp: { readonly enough: number; readonly seconds: number };
  readonly seconds: number;
  /** For the latency at a rate that every variant can serve. */
  readonly pacedSeconds: number;
  readonly progress: (text: string) => void;
}

interface Measured {
  readonly perSecond: number;
  readonly cpu: Cpu;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly pacedP50Ms: number;
  readonly pacedP99Ms: number;
}

/** One row of a table. */
interface Case {
  readonly platform: Platform;
  readonly handler: HandlerKind;
  readonly variant: Variant;
}

export const CONNECTIONS = 64;
/** Below what the slowest variant reaches. */
const PACED_RATE = 400;

const handlerNames: Record<HandlerKind, string> = {
  bare: 'a handler that does nothing',
  working: 'a handler that does about 1 ms of work',
};

/** Each variant in a process of its own, the load and WorkOS in others. */
export async function throughput(plan: ThroughputPlan): Promise<string> {
  const load = Child.start<LoadApi>(new URL('load.js', import.meta.url));
  const near = Child.start<StandInApi>(new URL('../workos/stand-in.js', import.meta.url));
  const far = Child.start<StandInApi>(new URL('../workos/stand-in.js', import.meta.url), { delayMs: 50 });
  const workosPorts = { near: await near.ask('port'), far: await far.ask('port') };
  const variants = auditedVariants.filter(({ outbox }) => plan.sqlite || outbox !== 'SQLite');
  // The handler that works has a database of its own, of the same kind.
  const kinds = handlers.filter((handler) => plan.sqlite || handler === 'bare');
  const groups = plan.platforms.flatMap((platform) => kinds.map((handler) => ({ platform, handler })));
  const cases = groups
    .flatMap(({ platform, handler }) => variants.map((variant): Case => ({ platform, handler, variant })))
    // What waits for WorkOS waits as long, whatever the handler does.
    .filter(({ handler, variant }) => handler === 'bare' || variant.path !== '/tutorial');
  const measured = await interleaved(
    plan.rounds,
    cases,
    ({ platform, handler, variant }) => {
      const workosPort = variant.path === '/tutorial' ? workosPorts.far : workosPorts.near;
      return measure(plan, load, { platform, handler, variant, workosPort });
    },
    (text) => plan.progress(`throughput: ${text}`),
  );
  await Promise.all([load.end(), near.end(), far.end()]);
  const sections = groups.map(({ platform, handler }) => {
    const rows = cases.filter((one) => one.platform === platform && one.handler === handler);
    const all = rows.map((one) => ({ variant: one.variant, all: measured.get(one) ?? [] }));
    return `### ${platformNames[platform]}, ${handlerNames[handler]}\n\n${tableOf(all)}`;
  });
  const missing = plan.sqlite ? [] : ['_SQLite is left out: this build or this Node does not have it._'];
  return [
    '## One POST handler',
    `${CONNECTIONS} keep-alive connections, each with its next request as soon as it has its answer; the columns at the right at ` +
      `${PACED_RATE} requests a second. Ratios and differences are to the unaudited handler of the same round. The load and WorkOS are ` +
      'other processes of the same machine. Delivery to WorkOS runs meanwhile, at the default rate of 90 events a second, and its CPU ' +
      'time is in the figures: it is the same for each second, however many requests there are. The handler that works checks its ' +
      `input, writes a row and reads ${SHOWN} in a database in memory, and renders them as JSON.`,
    ...sections,
    ...missing,
  ].join('\n\n');
}

async function measure(plan: ThroughputPlan, load: Child<LoadApi>, settings: ServerSettings): Promise<Measured> {
  const { path } = settings.variant;
  const server = Child.start<ServerApi>(new URL('server.js', import.meta.url), settings);
  try {
    const target = { port: await server.ask('port'), path, connections: CONNECTIONS };
    const warmUp = await load.ask('run', { ...target, ...plan.warmUp });
    const before = await server.ask('cpu');
    const full = await load.ask('run', { ...target, seconds: plan.seconds });
    const cpu = cpuEach(before, await server.ask('cpu'), full.count);
    const paced = await load.ask('run', { ...target, seconds: plan.pacedSeconds, rate: PACED_RATE });
    await check(server, settings.variant, warmUp.count + full.count + paced.count);
    const { perSecond, p50Ms, p99Ms } = full;
    return { perSecond, cpu, p50Ms, p99Ms, pacedP50Ms: paced.p50Ms, pacedP99Ms: paced.p99Ms };
  } finally {
    await server.end();
  }
}

/** A figure is worth nothing when events are missing. */
async function check(server: Child<ServerApi>, { path, label }: Variant, answered: number): Promise<void> {
  const stats = await server.ask('stats');
  if (!stats) return;
  const { recorded, dropped, degraded, delivered, pending, leased } = stats;
  const expected = path === '/plain' ? 0 : answered;
  // What was claimed last may be settled between the two counts.
  const missing = Math.abs(recorded - delivered - pending - leased);
  if (recorded !== expected || dropped + degraded > 0 || missing > 16) {
    throw new Error(`${label}: ${answered} requests were answered, but the counters say ${JSON.stringify(stats)}`);
  }
}

const HEAD = [
  '',
  'ratio',
  'requests/s',
  'p50 ms',
  'p99 ms',
  'CPU µs a request',
  'added',
  'of these on the main thread',
];
const PACED_HEAD = ['paced: p50 ms', 'added', 'paced: p99 ms'];

function tableOf(rows: readonly { readonly variant: Variant; readonly all: readonly Measured[] }[]): string {
  const base = rows[0]?.all ?? [];
  const added = (all: readonly Measured[], pick: (one: Measured) => number): number[] =>
    differences(each(all, pick), each(base, pick));
  return table(
    [...HEAD, ...PACED_HEAD],
    rows.map(({ variant, all }) => [
      variant.label,
      spread(ratios(each(all, perSecond), each(base, perSecond)), 2),
      spread(each(all, perSecond), 0),
      spread(
        each(all, (one) => one.p50Ms),
        1,
      ),
      spread(
        each(all, (one) => one.p99Ms),
        1,
      ),
      spread(each(all, allCpu), 0),
      spread(added(all, allCpu), 0),
      spread(
        added(all, (one) => one.cpu.main),
        0,
      ),
      spread(each(all, pacedP50), 2),
      spread(added(all, pacedP50), 2),
      spread(
        each(all, (one) => one.pacedP99Ms),
        1,
      ),
    ]),
  );
}

const perSecond = (one: Measured): number => one.perSecond;
const allCpu = (one: Measured): number => one.cpu.all;
const pacedP50 = (one: Measured): number => one.pacedP50Ms;
