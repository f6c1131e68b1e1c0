import { Child } from '../support/child.js';
import type { OutboxName } from '../support/outboxes.js';
import { each, interleaved } from '../support/rounds.js';
import { spread } from '../support/statistics.js';
import { table } from '../support/table.js';
import type { Arrivals, StandInApi } from '../workos/stand-in.js';
import type { DrainerApi } from './drainer.js';

export interface DrainingPlan {
  readonly rounds: number;
  readonly outboxes: readonly OutboxName[];
  readonly events: number;
  readonly progress: (text: string) => void;
}

/** What WorkOS allows is 100 a second; a benchmark has not the time. */
const ALLOWED = 1_000;
/** How long WorkOS takes, and the sends at a time that the rate needs with it. */
const DELAY_MS = 10;
const CONCURRENCY = 64;

const paces = [
  { pace: 'as allowed', ratePerSecond: ALLOWED },
  { pace: 'twice what is allowed', ratePerSecond: 2 * ALLOWED },
];

type Drained = Arrivals & { readonly cpuPerEvent: number };

/** A backlog goes to a WorkOS that allows so much a second. */
export async function draining({ rounds, outboxes, events, progress }: DrainingPlan): Promise<string> {
  const settings = outboxes.flatMap((outbox) =>
    paces.map(({ pace, ratePerSecond }) => ({ outbox, pace, ratePerSecond })),
  );
  const measured = await interleaved(
    rounds,
    settings,
    ({ outbox, ratePerSecond }) => drain(outbox, events, ratePerSecond),
    (text) => progress(`draining: ${text}`),
  );
  const rows = settings.map((setting) => {
    const all = measured.get(setting);
    return [
      `${setting.outbox}, \`ratePerSecond\` ${setting.pace}`,
      spread(
        each(all, ({ accepted, seconds }) => (accepted / (seconds * ALLOWED)) * 100),
        1,
        '%',
      ),
      spread(
        each(all, ({ accepted, refused }) => (refused / (accepted + refused)) * 100),
        2,
        '%',
      ),
      spread(
        each(all, ({ seconds }) => seconds),
        1,
      ),
      spread(
        each(all, ({ cpuPerEvent }) => cpuPerEvent),
        0,
      ),
    ];
  });
  return [
    `## Draining ${events.toLocaleString('en')} events`,
    `To a WorkOS that allows ${ALLOWED.toLocaleString('en')} a second and answers after ${DELAY_MS} ms; ` +
      `\`concurrency\` ${CONCURRENCY}.`,
    table(['', 'of the allowed rate used', 'refused with 429', 'seconds', 'µs of the processor per event'], rows),
  ].join('\n\n');
}

async function drain(outbox: OutboxName, events: number, ratePerSecond: number): Promise<Drained> {
  const limits = { ratePerSecond: ALLOWED, delayMs: DELAY_MS };
  const workos = Child.start<StandInApi>(new URL('../workos/stand-in.js', import.meta.url), limits);
  const delivery = { ratePerSecond, concurrency: CONCURRENCY };
  const workosPort = await workos.ask('port');
  const drainer = Child.start<DrainerApi>(new URL('drainer.js', import.meta.url), {
    outbox,
    workosPort,
    events,
    delivery,
  });
  try {
    const arrivals = await untilAll(workos, events);
    return { ...arrivals, cpuPerEvent: await drainer.ask('cpuPerEvent') };
  } finally {
    await Promise.all([drainer.end(), workos.end()]);
  }
}

async function untilAll(workos: Child<StandInApi>, events: number): Promise<Arrivals> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    await new Promise((resolve) => void setTimeout(resolve, 100));
    const arrivals = await workos.ask('arrivals');
    if (arrivals.doubled > 0) throw new Error(`${arrivals.doubled} events arrived twice`);
    if (arrivals.accepted >= events) return arrivals;
    if (performance.now() > deadline) throw new Error(`only ${JSON.stringify(arrivals)} in two minutes`);
  }
}
