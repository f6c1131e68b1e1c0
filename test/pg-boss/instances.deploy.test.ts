import { type AuditEventDefinitions, defineAuditEvents, syncSchemas } from 'nestjs-workos-audit';
import type { LocalWorkOS, StoredEvent } from 'nestjs-workos-audit/testing';
import { expect, test } from 'vitest';
import { App, delivery, type Release } from '../crash/support/child.js';
import { flawless, Ledger } from '../crash/support/ledger.js';
import { limit } from '../crash/support/size.js';
import { postgresDatabase } from '../support/postgres.js';
import { startLocalWorkOS } from '../support/test-app.js';
import { answeredArrived } from './support/instances.js';

const dropped = { targets: ['thing', 'user'] };
const oldEvents = {
  'thing.make': { targets: ['thing', 'user'] },
  'thing.drop': dropped,
  'thing.rent': { targets: ['thing', 'user'] },
} satisfies AuditEventDefinitions;
/** One action has more metadata and so another version, one is new, one is gone. */
const newEvents = {
  'thing.make': { targets: ['thing', 'user'], metadata: { release: 'string' } },
  'thing.drop': dropped,
  'thing.lend': { targets: ['thing', 'user'] },
} satisfies AuditEventDefinitions;

/** As a pipeline does before it deploys: `workos-audit schemas push`. */
async function release(workos: LocalWorkOS, name: string, events: AuditEventDefinitions): Promise<Release> {
  const there = { apiKey: workos.apiKey, ...workos.clientOptions };
  return { name, events, schemaLock: await syncSchemas(there, defineAuditEvents(events)) };
}

/** Sends one event and then nothing for a quarter of an hour. */
const idle = { ...delivery, ratePerSecond: 0.001 };
const each = 40;

/** What an event says of the release that recorded it. */
const facts = ({ action, version, metadata }: StoredEvent): string =>
  `${action} v${version}${metadata.release === undefined ? '' : ` of ${String(metadata.release)}`}`;

const count = (events: readonly StoredEvent[]): Record<string, number> =>
  Object.fromEntries(Object.entries(Object.groupBy(events, facts)).map(([fact, of]) => [fact, of?.length ?? 0]));

const expected = {
  'thing.make v1 of old': each,
  'thing.rent v1': each,
  'thing.make v2 of new': each,
  'thing.lend v1': each,
};

test.each([
  ['both deliver', delivery, delivery],
  ['the old ones deliver what the new ones record', delivery, idle],
  ['the new ones deliver what the old ones record', idle, delivery],
])(
  'a rolling deployment with a new catalogue: %s, each event with its own version',
  limit,
  async (_how, old, fresh) => {
    const workos = await startLocalWorkOS({ schemas: 'strict', unknownMetadataKeys: 'refuse' });
    const { url } = await postgresDatabase();
    const postgres = { connectionString: url };
    const before = await App.start({
      workos,
      postgres,
      delivery: old,
      release: await release(workos, 'old', oldEvents),
    });
    const ledger = new Ledger();
    await ledger.askFor(before, each, 4);
    const after = await App.start({
      workos,
      postgres,
      delivery: fresh,
      release: await release(workos, 'new', newEvents),
    });
    await Promise.all([
      ledger.askFor(before, each, 4, () => 'record/thing.rent'),
      ledger.askFor(after, each, 4),
      ledger.askFor(after, each, 4, () => 'record/thing.lend'),
    ]);

    await answeredArrived(ledger, workos, 30_000);
    expect([ledger.answered.size, ledger.verdict(workos.events)]).toEqual([4 * each, flawless]);
    expect(count(workos.events)).toEqual(expected);
    expect(workos.refused).toEqual([]);
    const [first, second] = await Promise.all([before.stats(), after.stats()]);
    expect([first.recorded, second.recorded]).toEqual([2 * each, 2 * each]);
    await expect.poll(async () => (await before.stats()).delivered + (await after.stats()).delivered).toBe(4 * each);
    // So the rest went through the other one.
    if (old === idle) expect(first.delivered).toBeLessThanOrEqual(1);
    if (fresh === idle) expect(second.delivered).toBeLessThanOrEqual(1);
  },
);
