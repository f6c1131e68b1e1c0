import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { AuditEvent } from '../../event/event.js';
import type { AuditOutbox, BuriedEntry, BuriedFilter, ClaimedEntry, OutboxEntry } from '../../outbox/outbox.js';
import type { OutboxUnderTest } from '../outbox-contract.js';

export type ContractCases = Readonly<Record<string, (context: ContractContext) => Promise<void>>>;

/** A lease that does not run out while a case runs. */
export const LONG_MS = 600_000;

interface Measures {
  readonly leaseMs: number;
  readonly patienceMs: number;
  readonly backlog: number;
  readonly countsLagMs: number;
}

/** What a case works with. */
export class ContractContext implements Measures {
  readonly outbox: AuditOutbox;
  readonly leaseMs: number;
  readonly patienceMs: number;
  readonly backlog: number;
  readonly countsLagMs: number;
  readonly #made: OutboxUnderTest;
  readonly #opened: AuditOutbox[];

  constructor(made: OutboxUnderTest, { leaseMs, patienceMs, backlog, countsLagMs }: Measures) {
    this.#made = made;
    this.outbox = made.outbox;
    this.#opened = [made.outbox];
    this.leaseMs = leaseMs;
    this.patienceMs = patienceMs;
    this.backlog = backlog;
    this.countsLagMs = countsLagMs;
  }

  /** An entry, with what a case wants to know again. */
  entry(event: Partial<AuditEvent> = {}, recordedAt = Date.now()): OutboxEntry {
    return {
      id: randomUUID(),
      recordedAt,
      event: {
        organizationId: 'org_1',
        action: 'thing.make',
        occurredAt: new Date(recordedAt).toISOString(),
        actor: { id: 'user_1', type: 'user', metadata: {} },
        targets: [{ id: 'thing_1', type: 'thing' }],
        context: { location: '203.0.113.7' },
        metadata: {},
        ...event,
      },
    };
  }

  /** `count` entries, which are in the outbox. */
  async appended(count: number, event: Partial<AuditEvent> = {}): Promise<OutboxEntry[]> {
    const entries = Array.from({ length: count }, () => this.entry(event));
    for (const entry of entries) await this.outbox.append([entry]);
    return entries;
  }

  /** One entry that is in the outbox and leased to the case. */
  async leased(leaseMs = LONG_MS): Promise<OutboxEntry> {
    const [entry] = await this.appended(1);
    assert.ok(entry);
    assert.deepEqual(ids(await this.outbox.claim(1, leaseMs)), [entry.id], 'an entry that was appended is due');
    return entry;
  }

  /** Claims until `count` entries have come. */
  async claimed(count: number, leaseMs = LONG_MS): Promise<ClaimedEntry[]> {
    const claimed: ClaimedEntry[] = [];
    await this.until(
      async () => {
        claimed.push(...(await this.outbox.claim(count - claimed.length, leaseMs)));
        return claimed.length >= count;
      },
      () => `${count} entries to become due; ${claimed.length} did`,
    );
    return claimed;
  }

  async nothingDue(why: string): Promise<void> {
    assert.deepEqual(ids(await this.outbox.claim(10, LONG_MS)), [], why);
  }

  async buried(filter?: BuriedFilter): Promise<BuriedEntry[]> {
    const entries: BuriedEntry[] = [];
    for await (const entry of this.outbox.buried(filter)) entries.push(entry);
    return entries;
  }

  async until(condition: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
    const deadline = performance.now() + this.leaseMs + this.patienceMs;
    while (!(await condition())) {
      if (performance.now() > deadline) assert.fail(`waited in vain for ${what()}`);
      await this.sleep(10);
    }
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void setTimeout(resolve, ms));
  }

  /** Another outbox on the same store, open. */
  async second(): Promise<AuditOutbox> {
    assert.ok(this.#made.reopen, 'make() must give `reopen`, or the contract must be told `durable: false`');
    const outbox = await this.#made.reopen();
    this.#opened.push(outbox);
    await outbox.open();
    return outbox;
  }

  async close(): Promise<void> {
    for (const outbox of this.#opened) await outbox.close();
  }
}

export function ids(entries: readonly { readonly id: string }[]): string[] {
  return entries.map(({ id }) => id);
}
