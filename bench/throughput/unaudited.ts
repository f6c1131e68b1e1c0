import { Child } from '../support/child.js';
import { each, interleaved } from '../support/rounds.js';
import { spread } from '../support/statistics.js';
import { table } from '../support/table.js';
import type { LoadApi } from './load.js';
import { againstOther, ofRound, sideBySide, type TurnsPlan } from './side-by-side.js';
import {
  type HandlerKind,
  handlerNames,
  handlers,
  type Platform,
  platformNames,
  unauditedVariants,
} from './variants.js';

export interface UnauditedPlan {
  readonly rounds: number;
  readonly platforms: readonly Platform[];
  /** For each kind of handler. */
  readonly turns: Record<HandlerKind, TurnsPlan>;
  readonly progress: (text: string) => void;
}

/** Of one variant in one round. */
interface Measured {
  readonly ratio: number;
  readonly cpuRatio: number;
  readonly cpuMicros: number;
}

/** What a route that is not audited pays for the module. */
export async function unaudited({ rounds, platforms, turns, progress }: UnauditedPlan): Promise<string> {
  const load = Child.start<LoadApi>(new URL('load.js', import.meta.url));
  const groups = platforms.flatMap((platform) => handlers.map((handler) => ({ platform, handler })));
  const measured = await interleaved(
    rounds,
    groups,
    async ({ platform, handler }): Promise<Measured[]> => {
      const servers = unauditedVariants.map((variant) => ({ platform, variant, handler, workosPort: 9 }));
      const all = await sideBySide(turns[handler], load, servers);
      return all.map((one) => ({
        ratio: againstOther(one, all[0] ?? [], (turn, other) => turn.full.perSecond / other.full.perSecond),
        cpuRatio: againstOther(one, all[0] ?? [], (turn, other) => other.cpu.all / turn.cpu.all),
        cpuMicros: ofRound(one, ({ cpu }) => cpu.all),
      }));
    },
    (text) => progress(`unaudited: ${text}`),
  );
  await load.end();
  const sections = groups.map((group) => {
    const rows = unauditedVariants.map(({ label }, index) => {
      const of = (name: keyof Measured): number[] =>
        each(measured.get(group), (variants) => variants[index]?.[name] ?? Number.NaN);
      return [label, spread(of('ratio'), 3), spread(of('cpuRatio'), 3), spread(of('cpuMicros'), 1)];
    });
    const head = ['', 'requests/s, ratio', 'CPU, ratio', 'CPU µs a request'];
    return `### ${platformNames[group.platform]}, not audited, ${handlerNames[group.handler]}\n\n${table(head, rows)}`;
  });
  return [
    '## A route that is not audited',
    'In an application whose other handlers are audited. The servers of a round live side by side and are asked by turns, each ' +
      'stopped while others have theirs; ratios are to the first of the same turn (above 1 is better), and a figure of a round is the ' +
      'median of its turns. The second row is the first once more: how far it is from 1 is the noise. The last three are the floor of ' +
      'anything that wants to know of each request.',
    ...sections,
  ].join('\n\n');
}
