import { Child } from '../support/child.js';
import type { Memory } from '../support/memory.js';
import type { OutboxName } from '../support/outboxes.js';
import { each, interleaved } from '../support/rounds.js';
import { differences, spread } from '../support/statistics.js';
import { table } from '../support/table.js';
import type { StandInApi } from '../workos/stand-in.js';
import type { RecorderApi } from './recorder.js';

export interface WaitingPlan {
  readonly rounds: number;
  /** The first is the control. */
  readonly outboxes: readonly OutboxName[];
  readonly events: number;
  readonly progress: (text: string) => void;
}

interface Added extends Memory {
  readonly diskBytes: number;
  readonly waiting: number;
}

/** Waiting before the first reading. */
const WARM_UP = 1_000;
const MEBI = 1_024 * 1_024;

/** What events that wait take of memory and disk, while WorkOS is down and they are tried in vain. */
export async function waiting({ rounds, outboxes, events, progress }: WaitingPlan): Promise<string> {
  const workos = Child.start<StandInApi>(new URL('../workos/stand-in.js', import.meta.url), { status: 503 });
  const workosPort = await workos.ask('port');
  const measured = await interleaved(
    rounds,
    outboxes,
    (outbox) => measure(outbox, workosPort, events),
    (text) => progress(`waiting: ${text}`),
  );
  await workos.end();
  const control = each(measured.get(outboxes[0] as OutboxName), (one) => one.rssAnon / MEBI);
  const rows = outboxes.map((outbox) => {
    const of = (pick: (one: Added) => number): number[] => each(measured.get(outbox), pick);
    const rssAnon = of((one) => one.rssAnon / MEBI);
    return [
      outbox === 'nothing' ? 'control: the same calls, nothing is kept' : outbox,
      spread(
        of(({ waiting: count }) => count),
        0,
      ),
      spread(rssAnon, 1),
      spread(differences(rssAnon, control), 1),
      spread(
        of(({ heapUsed }) => heapUsed / MEBI),
        1,
      ),
      spread(
        of(({ diskBytes, waiting: count }) => (count > 0 ? diskBytes / count : 0)),
        0,
      ),
    ];
  });
  return [
    `## ${events.toLocaleString('en')} waiting events`,
    `Added to a process that has recorded ${WARM_UP.toLocaleString('en')}, after a garbage collection; WorkOS answers 503 all the ` +
      'time. The control makes the same calls with an outbox that takes 2 ms and keeps nothing: what it adds is room that V8 gives ' +
      'its young generation under load, and keeps.',
    table(['', 'waiting', 'RssAnon MiB', 'more than the control', 'live JS heap MiB', 'disk bytes an event'], rows),
  ].join('\n\n');
}

async function measure(outbox: OutboxName, workosPort: number, events: number): Promise<Added> {
  const settings = { outbox, workosPort };
  const recorder = Child.start<RecorderApi>(new URL('recorder.js', import.meta.url), settings, ['--expose-gc']);
  await recorder.ask('record', WARM_UP, 64);
  const before = await recorder.ask('waiting');
  await recorder.ask('record', events, 64);
  const after = await recorder.ask('waiting');
  await recorder.end();
  return {
    rss: after.rss - before.rss,
    rssAnon: after.rssAnon - before.rssAnon,
    heapUsed: after.heapUsed - before.heapUsed,
    diskBytes: after.diskBytes - before.diskBytes,
    waiting: after.waiting - before.waiting,
  };
}
