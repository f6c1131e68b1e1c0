import { Child } from '../support/child.js';
import type { OutboxName } from '../support/outboxes.js';
import { each, interleaved } from '../support/rounds.js';
import { spread } from '../support/statistics.js';
import { table } from '../support/table.js';
import type { StandInApi } from '../workos/stand-in.js';
import type { RecorderApi } from './recorder.js';

export interface WaitingPlan {
  readonly rounds: number;
  readonly outboxes: readonly OutboxName[];
  readonly events: number;
  readonly progress: (text: string) => void;
}

interface Added {
  readonly rss: number;
  readonly rssAnon: number;
  readonly diskBytes: number;
  readonly waiting: number;
}

/** Waiting before the first reading. */
const WARM_UP = 1_000;
/** V8's young generation, which grows with the load and not with what waits, keeps its size. */
const V8_OPTIONS = ['--expose-gc', '--max-semi-space-size=16'];
const MEBI = 1_024 * 1_024;

/** What events that wait take of memory and disk, while WorkOS is down and they are tried in vain. */
export async function waiting({ rounds, outboxes, events, progress }: WaitingPlan): Promise<string> {
  const workos = Child.start<StandInApi>(new URL('../workos/stand-in.js', import.meta.url), { status: 503 });
  const workosPort = await workos.ask('port');
  const measure = async (outbox: OutboxName): Promise<Added> => {
    const settings = { outbox, workosPort };
    const recorder = Child.start<RecorderApi>(new URL('recorder.js', import.meta.url), settings, V8_OPTIONS);
    await recorder.ask('record', WARM_UP, 64);
    const before = await recorder.ask('waiting');
    await recorder.ask('record', events, 64);
    const after = await recorder.ask('waiting');
    await recorder.end();
    return {
      rss: after.rss - before.rss,
      rssAnon: after.rssAnon - before.rssAnon,
      diskBytes: after.diskBytes - before.diskBytes,
      waiting: after.waiting - before.waiting,
    };
  };
  const measured = await interleaved(rounds, outboxes, measure, (text) => progress(`waiting: ${text}`));
  await workos.end();
  const rows = outboxes.map((outbox) => {
    const all = measured.get(outbox);
    return [
      outbox,
      spread(
        each(all, (one) => one.waiting),
        0,
      ),
      spread(
        each(all, (one) => one.rssAnon / MEBI),
        1,
      ),
      spread(
        each(all, (one) => one.rss / MEBI),
        1,
      ),
      spread(
        each(all, (one) => one.rssAnon / one.waiting),
        0,
      ),
      spread(
        each(all, (one) => one.diskBytes / one.waiting),
        0,
      ),
    ];
  });
  return [
    `## ${events.toLocaleString('en')} waiting events`,
    `Added to a process that has recorded ${WARM_UP.toLocaleString('en')}, after a garbage collection; WorkOS answers 503 all the ` +
      "time. V8's young generation is held at 16 MiB (`--max-semi-space-size=16`): it grows with the load, whatever waits.",
    table(['', 'waiting', 'RssAnon MiB', 'RSS MiB', 'RssAnon bytes an event', 'disk bytes an event'], rows),
  ].join('\n\n');
}
