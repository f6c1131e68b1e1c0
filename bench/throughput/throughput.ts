import { Child } from '../support/child.js';
import { each, interleaved } from '../support/rounds.js';
import { differences, ratios, spread } from '../support/statistics.js';
import { table } from '../support/table.js';
import type { StandInApi } from '../workos/stand-in.js';
import type { LoadApi } from './load.js';
import type { ServerApi, ServerSettings } from './server.js';
import { type Platform, type Variant, variants } from './variants.js';

export interface ThroughputPlan {
  readonly rounds: number;
  readonly platforms: readonly Platform[];
  readonly sqlite: boolean;
  /** Before the measurement, so that the code is compiled; at most for 3 seconds. */
  readonly warmUpRequests: number;
  readonly seconds: number;
  /** For the latency at a rate that every variant can serve. */
  readonly pacedSeconds: number;
  readonly progress: (text: string) => void;
}

interface Measured {
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly pacedP50Ms: number;
  readonly pacedP99Ms: number;
}

const CONNECTIONS = 64;
/** Below what the slowest variant reaches. */
const PACED_RATE = 500;

/** Each variant in a process of its own, the load and WorkOS in others. */
export async function throughput(plan: ThroughputPlan): Promise<string> {
  const load = Child.start<LoadApi>(new URL('load.js', import.meta.url));
  const near = Child.start<StandInApi>(new URL('../workos/stand-in.js', import.meta.url));
  const far = Child.start<StandInApi>(new URL('../workos/stand-in.js', import.meta.url), { delayMs: 50 });
  const workosPorts = { near: await near.ask('port'), far: await far.ask('port') };
  const shown = variants.filter(({ outbox }) => plan.sqlite || outbox !== 'SQLite');
  const cases = plan.platforms.flatMap((platform) => shown.map((variant) => ({ platform, variant })));
  const measured = await interleaved(
    plan.rounds,
    cases,
    ({ platform, variant }) => {
      const workosPort = variant.path === '/tutorial' ? workosPorts.far : workosPorts.near;
      return measure(plan, load, { platform, variant, workosPort });
    },
    (text) => plan.progress(`throughput: ${text}`),
  );
  await Promise.all([load.end(), near.end(), far.end()]);
  const sections = plan.platforms.map((platform) => {
    const rows = cases
      .filter((one) => one.platform === platform)
      .map((one) => ({ variant: one.variant, all: measured.get(one) ?? [] }));
    return `### ${platform === 'express' ? 'Express' : 'Fastify'}\n\n${tableOf(rows)}`;
  });
  const missing = plan.sqlite ? [] : ['_SQLite is left out: this build or this Node does not have it._'];
  return [
    '## One POST handler',
    `${CONNECTIONS} keep-alive connections, each with its next request as soon as it has its answer; the last two columns at ${PACED_RATE} ` +
      'requests a second. Ratios and differences are to the unaudited handler of the same round. Delivery to WorkOS runs meanwhile, ' +
      'at the default rate.',
    ...sections,
    ...missing,
  ].join('\n\n');
}

async function measure(plan: ThroughputPlan, load: Child<LoadApi>, settings: ServerSettings): Promise<Measured> {
  const { path } = settings.variant;
  const server = Child.start<ServerApi>(new URL('server.js', import.meta.url), settings);
  try {
    const target = { port: await server.ask('port'), path, connections: CONNECTIONS };
    const warmUp = await load.ask('run', { ...target, seconds: 3, enough: plan.warmUpRequests });
    const cpuBefore = await server.ask('cpuMicros');
    const full = await load.ask('run', { ...target, seconds: plan.seconds });
    const cpuMicros = ((await server.ask('cpuMicros')) - cpuBefore) / full.count;
    const paced = await load.ask('run', { ...target, seconds: plan.pacedSeconds, rate: PACED_RATE });
    await check(server, settings.variant, warmUp.count + full.count + paced.count);
    const { perSecond, p50Ms, p99Ms } = full;
    return { perSecond, cpuMicros, p50Ms, p99Ms, pacedP50Ms: paced.p50Ms, pacedP99Ms: paced.p99Ms };
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

function tableOf(rows: readonly { readonly variant: Variant; readonly all: readonly Measured[] }[]): string {
  const base = rows[0]?.all ?? [];
  const of = (all: readonly Measured[], name: keyof Measured): number[] => each(all, (one) => one[name]);
  return table(
    [
      '',
      'ratio',
      'requests/s',
      'p50 ms',
      'p99 ms',
      'CPU µs a request',
      'added',
      'paced: p50 ms',
      'added',
      'paced: p99 ms',
    ],
    rows.map(({ variant, all }) => [
      variant.label,
      spread(ratios(of(all, 'perSecond'), of(base, 'perSecond')), 2),
      spread(of(all, 'perSecond'), 0),
      spread(of(all, 'p50Ms'), 1),
      spread(of(all, 'p99Ms'), 1),
      spread(of(all, 'cpuMicros'), 0),
      spread(differences(of(all, 'cpuMicros'), of(base, 'cpuMicros')), 0),
      spread(of(all, 'pacedP50Ms'), 2),
      spread(differences(of(all, 'pacedP50Ms'), of(base, 'pacedP50Ms')), 2),
      spread(of(all, 'pacedP99Ms'), 1),
    ]),
  );
}
