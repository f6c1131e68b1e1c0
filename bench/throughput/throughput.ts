import { Child } from '../support/child.js';
import { each, interleaved } from '../support/rounds.js';
import { spread } from '../support/statistics.js';
import { table } from '../support/table.js';
import type { StandInApi } from '../workos/stand-in.js';
import type { LoadApi } from './load.js';
import { SHOWN } from './posts.js';
import { againstOther, CONNECTIONS, ofRound, sideBySide, type Turn, type TurnsPlan } from './side-by-side.js';
import {
  auditedVariants,
  type HandlerKind,
  handlerNames,
  handlers,
  type Platform,
  platformNames,
  type Variant,
} from './variants.js';

export interface ThroughputPlan {
  readonly rounds: number;
  readonly platforms: readonly Platform[];
  readonly sqlite: boolean;
  /** For each kind of handler. */
  readonly turns: Record<HandlerKind, TurnsPlan>;
  readonly progress: (text: string) => void;
}

/** Of one variant in one round. */
interface Measured {
  readonly ratio: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpu: number;
  readonly cpuAdded: number;
  readonly mainAdded: number;
  readonly pacedP50Ms: number;
  readonly pacedP50Added: number;
  readonly pacedP99Ms: number;
}

/** Each variant in a process of its own, the load and WorkOS in others. */
export async function throughput({ rounds, platforms, sqlite, turns, progress }: ThroughputPlan): Promise<string> {
  const load = Child.start<LoadApi>(new URL('load.js', import.meta.url));
  const near = Child.start<StandInApi>(new URL('../workos/stand-in.js', import.meta.url));
  const far = Child.start<StandInApi>(new URL('../workos/stand-in.js', import.meta.url), { delayMs: 50 });
  const workosPorts = { near: await near.ask('port'), far: await far.ask('port') };
  // The handler that works has a database of its own, of the same kind.
  const kinds = handlers.filter((handler) => sqlite || handler === 'bare');
  const groups = platforms.flatMap((platform) => kinds.map((handler) => ({ platform, handler })));
  // What waits for WorkOS waits as long, whatever the handler does.
  const variantsFor = (handler: HandlerKind): Variant[] =>
    auditedVariants.filter(
      ({ outbox, path }) => (sqlite || outbox !== 'SQLite') && (handler === 'bare' || path !== '/tutorial'),
    );
  const measured = await interleaved(
    rounds,
    groups,
    async ({ platform, handler }): Promise<Measured[]> => {
      const servers = variantsFor(handler).map((variant) => {
        const workosPort = variant.path === '/tutorial' ? workosPorts.far : workosPorts.near;
        return { platform, handler, variant, workosPort };
      });
      const all = await sideBySide(turns[handler], load, servers);
      return all.map((one) => summary(one, all[0] ?? []));
    },
    (text) => progress(`throughput: ${text}`),
  );
  await Promise.all([load.end(), near.end(), far.end()]);
  const sections = groups.map((group) => {
    const { platform, handler } = group;
    const rows = variantsFor(handler).map(({ label }, index) => {
      const all = (measured.get(group) ?? []).flatMap((round) => round[index] ?? []);
      return row(label, all);
    });
    return `### ${platformNames[platform]}, ${handlerNames[handler]}\n\n${table(HEAD, rows)}`;
  });
  const missing = sqlite ? [] : ['_SQLite is left out: this build or this Node does not have it._'];
  return [
    '## One POST handler',
    `${CONNECTIONS} keep-alive connections, each with its next request as soon as it has its answer; the columns at the right at ` +
      `${turns.bare.paced?.perSecond ?? 0} requests a second. The servers of a round live side by side and are asked by turns, each stopped ` +
      'while others have theirs; ratios and differences are to the first of the same turn, and a figure of a round is the median of its ' +
      'turns. The second row is the first once more: how far it is from 1 is the noise. The load and WorkOS are other processes of the ' +
      'same machine. Delivery to WorkOS runs meanwhile, at the default rate of 90 events a second, and its CPU time is in the figures: it ' +
      'is the same for each second, however many requests there are. The handler that works checks its input, writes a row and reads ' +
      `${SHOWN} in a database in memory, and renders them as JSON.`,
    ...sections,
    ...missing,
  ].join('\n\n');
}

function summary(turns: readonly Turn[], plain: readonly Turn[]): Measured {
  const added = (pick: (turn: Turn) => number): number =>
    againstOther(turns, plain, (turn, other) => pick(turn) - pick(other));
  const pacedP50 = ({ paced }: Turn): number => paced?.p50Ms ?? Number.NaN;
  return {
    ratio: againstOther(turns, plain, (turn, other) => turn.full.perSecond / other.full.perSecond),
    perSecond: ofRound(turns, ({ full }) => full.perSecond),
    p50Ms: ofRound(turns, ({ full }) => full.p50Ms),
    p99Ms: ofRound(turns, ({ full }) => full.p99Ms),
    cpu: ofRound(turns, ({ cpu }) => cpu.all),
    cpuAdded: added(({ cpu }) => cpu.all),
    mainAdded: added(({ cpu }) => cpu.main),
    pacedP50Ms: ofRound(turns, pacedP50),
    pacedP50Added: added(pacedP50),
    pacedP99Ms: ofRound(turns, ({ paced }) => paced?.p99Ms ?? Number.NaN),
  };
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
  'paced: p50 ms',
  'added',
  'paced: p99 ms',
];

function row(label: string, all: readonly Measured[]): string[] {
  const figure = (name: keyof Measured, digits: number): string =>
    spread(
      each(all, (one) => one[name]),
      digits,
    );
  return [
    label,
    figure('ratio', 2),
    figure('perSecond', 0),
    figure('p50Ms', 1),
    figure('p99Ms', 1),
    figure('cpu', 0),
    figure('cpuAdded', 0),
    figure('mainAdded', 0),
    figure('pacedP50Ms', 2),
    figure('pacedP50Added', 2),
    figure('pacedP99Ms', 1),
  ];
}
