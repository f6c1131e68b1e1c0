import { Child } from '../support/child.js';
import type { OutboxName } from '../support/outboxes.js';
import { each, interleaved } from '../support/rounds.js';
import { spread } from '../support/statistics.js';
import { table } from '../support/table.js';
import type { StandInApi } from '../workos/stand-in.js';
import type { Recorded, RecorderApi } from './recorder.js';

export interface RecordPathPlan {
  readonly rounds: number;
  readonly outboxes: readonly OutboxName[];
  readonly events: number;
  readonly progress: (text: string) => void;
}

const PLACES = 64;

/** What `AuditService.record` costs, without a request around it. WorkOS refuses the key, so that nothing is delivered. */
export async function recordPath({ rounds, outboxes, events, progress }: RecordPathPlan): Promise<string> {
  const workos = Child.start<StandInApi>(new URL('../workos/stand-in.js', import.meta.url), { status: 401 });
  const workosPort = await workos.ask('port');
  const measured = await interleaved(
    rounds,
    outboxes,
    async (outbox): Promise<Recorded> => {
      const recorder = Child.start<RecorderApi>(new URL('recorder.js', import.meta.url), { outbox, workosPort });
      await recorder.ask('record', events / 2, PLACES);
      const recorded = await recorder.ask('record', events, PLACES);
      await recorder.end();
      return recorded;
    },
    (text) => progress(`record path: ${text}`),
  );
  await workos.end();
  const rows = outboxes.map((outbox) => {
    const all = measured.get(outbox);
    return [
      outbox,
      spread(
        each(all, (one) => one.cpu.all),
        1,
      ),
      spread(
        each(all, (one) => one.cpu.main),
        1,
      ),
      spread(
        each(all, (one) => one.perSecond),
        0,
      ),
    ];
  });
  return [
    '## CPU of the record path',
    `${events.toLocaleString('en')} calls of \`AuditService.record\` outside of a request, ${PLACES} at a time; nothing is delivered.`,
    table(['', 'CPU µs an event', 'of these on the main thread', 'events/s'], rows),
  ].join('\n\n');
}
