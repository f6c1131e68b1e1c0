import { Child } from '../support/child.js';
import { cpuEach } from '../support/cpu.js';
import { each, interleaved } from '../support/rounds.js';
import { median, ratios, spread } from '../support/statistics.js';
import { table } from '../support/table.js';
import type { LoadApi } from './load.js';
import type { ServerApi } from './server.js';
import { CONNECTIONS } from './throughput.js';
import { type Platform, platformNames, unauditedVariants } from './variants.js';

export interface UnauditedPlan {
  readonly rounds: number;
  readonly platforms: readonly Platform[];
  readonly warmUpSeconds: number;
  readonly slices: number;
  readonly sliceSeconds: number;
  readonly progress: (text: string) => void;
}

/** Of one variant in one round: the medians of its slices. */
interface Measured {
  readonly cpuMicros: number;
  readonly cpuRatio: number;
  readonly ratio: number;
}

/**
 * What a route that is not audited pays: a difference of a hundredth, for which the machine must be the same for all. So the
 * servers of a round live at the same time, and are asked by turns in slices too short for the machine to change between
 * one and the next. No event is made, so those that wait for their turn do nothing.
 */
export async function unaudited(plan: UnauditedPlan): Promise<string> {
  const load = Child.start<LoadApi>(new URL('load.js', import.meta.url));
  const measured = await interleaved(
    plan.rounds,
    plan.platforms,
    (platform) => measureAll(plan, load, platform),
    (text) => plan.progress(`unaudited: ${text}`),
  );
  await load.end();
  const sections = plan.platforms.map((platform) => {
    const rows = unauditedVariants.map(({ label }, index) => {
      const of = (name: keyof Measured): number[] =>
        each(measured.get(platform), (variants) => variants[index]?.[name] ?? Number.NaN);
      return [label, spread(of('ratio'), 3), spread(of('cpuRatio'), 3), spread(of('cpuMicros'), 1)];
    });
    const head = ['', 'requests/s, ratio', 'CPU, ratio', 'CPU µs a request'];
    return `### ${platformNames[platform]}, not audited\n\n${table(head, rows)}`;
  });
  return [
    '## A route that is not audited',
    'A handler that does nothing, in an application whose other handlers are audited. The servers of a round run side by side and ' +
      `are asked by turns, each ${plan.slices} times for ${plan.sliceSeconds} s; ratios are to the first of the same turn (above 1 is ` +
      'better), and a figure of a round is the median of its turns. The last three rows are the floor of anything that wants to ' +
      'know of each request.',
    ...sections,
  ].join('\n\n');
}

async function measureAll(plan: UnauditedPlan, load: Child<LoadApi>, platform: Platform): Promise<Measured[]> {
  const servers = unauditedVariants.map((variant) => {
    const settings = { platform, variant, handler: 'bare', workosPort: 9 };
    return { variant, child: Child.start<ServerApi>(new URL('server.js', import.meta.url), settings) };
  });
  try {
    const targets = await Promise.all(
      servers.map(async ({ variant, child }) => {
        const target = { port: await child.ask('port'), path: variant.path, connections: CONNECTIONS };
        return { child, target };
      }),
    );
    for (const { target } of targets) await load.ask('run', { ...target, seconds: plan.warmUpSeconds });
    const slices = await interleaved(
      plan.slices,
      targets,
      async ({ child, target }) => {
        const before = await child.ask('cpu');
        const { count, perSecond } = await load.ask('run', { ...target, seconds: plan.sliceSeconds });
        return { perSecond, cpuMicros: cpuEach(before, await child.ask('cpu'), count).all };
      },
      () => {},
    );
    const of = (index: number, name: 'perSecond' | 'cpuMicros'): number[] =>
      each(slices.get(targets[index] as (typeof targets)[number]), (slice) => slice[name]);
    return targets.map((_, index) => ({
      cpuMicros: median(of(index, 'cpuMicros')),
      cpuRatio: median(ratios(of(0, 'cpuMicros'), of(index, 'cpuMicros'))),
      ratio: median(ratios(of(index, 'perSecond'), of(0, 'perSecond'))),
    }));
  } finally {
    await Promise.all(servers.map(({ child }) => child.end()));
  }
}
