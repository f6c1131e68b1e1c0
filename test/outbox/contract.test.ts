import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryOutbox } from 'nestjs-workos-audit';
import { outboxContract } from 'nestjs-workos-audit/testing';
import { describe, test } from 'vitest';
import { sqliteOutbox } from '../../src/sqlite.js';

// oxlint-disable vitest/expect-expect, vitest/valid-title -- the cases bring their own
// Most cases wait for a lease to run out, so they may do so together.
const concurrently = {
  describe,
  test: (name: string, body: () => Promise<void>, timeoutMs?: number) => test.concurrent(name, body, timeoutMs),
};

describe('memory', () => {
  outboxContract(concurrently, () => ({ outbox: memoryOutbox({ capacity: 100_000 }) }), {
    durable: false,
    leaseMs: 50,
  });
});

describe('SQLite', () => {
  outboxContract(
    concurrently,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'outbox-'));
      const path = join(folder, 'audit.db');
      return {
        outbox: sqliteOutbox({ path }),
        reopen: () => sqliteOutbox({ path }),
        close: () => rmSync(folder, { recursive: true }),
      };
    },
    { leaseMs: 100 },
  );
});
