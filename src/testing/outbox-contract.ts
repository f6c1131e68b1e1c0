import type { AuditOutbox } from '../outbox/outbox.js';
import { bulkCases } from './outbox-contract/bulk.cases.js';
import { buriedCases } from './outbox-contract/buried.cases.js';
import { claimCases } from './outbox-contract/claim.cases.js';
import { ContractContext, type ContractCases } from './outbox-contract/context.js';
import { durableCases } from './outbox-contract/durable.cases.js';
import { intentCases } from './outbox-contract/intent.cases.js';
import { statsCases } from './outbox-contract/stats.cases.js';
import { storeCases } from './outbox-contract/store.cases.js';

/** The functions of Vitest, Jest or node:test. */
export interface OutboxContractFramework {
  describe(this: void, name: string, body: () => void): unknown;
  test(this: void, name: string, body: () => Promise<void>, timeoutMs?: number): unknown;
}

/** What one case gets: an empty outbox, which the case opens and closes. */
export interface OutboxUnderTest {
  readonly outbox: AuditOutbox;
  /** Another outbox on the same store, as after a restart or in a second process. Needed unless `durable: false`. */
  reopen?(this: void): AuditOutbox | Promise<AuditOutbox>;
  /** Removes the store, when its outboxes are closed. */
  close?(this: void): void | Promise<void>;
}

/** What the contract has to know of an outbox. */
export interface OutboxContractOptions {
  /** `false` for an outbox that ends with its process. @default true */
  readonly durable?: boolean;
  /** The length of leases and delays, in milliseconds; more for an outbox that counts in seconds. @default 200 */
  readonly leaseMs?: number;
  /** How long the outbox may take to give what has become due, in milliseconds. @default 5_000 */
  readonly patienceMs?: number;
  /** How many entries are a backlog. @default 100_000 */
  readonly backlog?: number;
  /** How far `stats()` may lag behind a backlog, in milliseconds, where counting it each time would cost too much. @default 0 */
  readonly countsLagMs?: number;
}

const BULK = 'bears a backlog';
/** What each entry of a backlog may take on a slow and busy machine. */
const MS_OF_AN_ENTRY = 2;

/**
 * The test suite of an outbox: what the dispatcher and the write-ahead guarantee rely on.
 *
 * @example
 * import { describe, test } from 'vitest';
 * outboxContract({ describe, test }, () => {
 *   const path = join(mkdtempSync(join(tmpdir(), 'outbox-')), 'audit.db');
 *   return { outbox: sqliteOutbox({ path }), reopen: () => sqliteOutbox({ path }) };
 * });
 */
export function outboxContract(
  framework: OutboxContractFramework,
  make: () => OutboxUnderTest | Promise<OutboxUnderTest>,
  options: OutboxContractOptions = {},
): void {
  const { durable = true, leaseMs = 200, patienceMs = 5_000, backlog = 100_000, countsLagMs = 0 } = options;
  const { describe, test } = framework;
  const cases: Record<string, ContractCases> = {
    'keeps entries': storeCases,
    'gives entries to one claimer at a time': claimCases,
    'buries and redrives': buriedCases,
    'holds intents': intentCases,
    'counts what it has': statsCases,
    ...(durable && { 'survives its process': durableCases }),
    [BULK]: bulkCases,
  };
  for (const [group, members] of Object.entries(cases)) {
    describe(group, () => {
      for (const [name, body] of Object.entries(members)) {
        test(name, () => run(body), group === BULK ? 60_000 + backlog * MS_OF_AN_ENTRY : 60_000);
      }
    });
  }

  async function run(body: ContractCases[string]): Promise<void> {
    const made = await make();
    const context = new ContractContext(made, { leaseMs, patienceMs, backlog, countsLagMs });
    try {
      await made.outbox.open();
      await body(context);
    } finally {
      await context.close();
      await made.close?.();
    }
  }
}
