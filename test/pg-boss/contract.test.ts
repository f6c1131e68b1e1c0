import { randomBytes } from 'node:crypto';
import { pgBossOutbox } from 'nestjs-workos-audit/pg-boss';
import { outboxContract } from 'nestjs-workos-audit/testing';
import { beforeAll, describe, test } from 'vitest';
import { postgresDatabase, type TestDatabase } from '../support/postgres.js';

// oxlint-disable vitest/expect-expect, vitest/valid-title -- the cases bring their own
// Most cases wait for a lease to run out, so they may do so together.
const concurrently = {
  describe,
  test: (name: string, body: () => Promise<void>, timeoutMs?: number) => test.concurrent(name, body, timeoutMs),
};

let database: TestDatabase;
beforeAll(async () => {
  database = await postgresDatabase();
}, 60_000);

describe('pg-boss', () => {
  outboxContract(
    concurrently,
    () => {
      const queue = `contract-${randomBytes(4).toString('hex')}`;
      // All cases at once, and 100,000 entries, on whatever machine this is.
      const make = () => pgBossOutbox({ connectionString: database.url, queue, timeoutMs: 30_000 });
      return { outbox: make(), reopen: make };
    },
    { leaseMs: 1_500, patienceMs: 20_000, countsLagMs: 20_000 },
  );
});
