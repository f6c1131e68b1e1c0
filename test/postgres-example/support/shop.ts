import type { NestExpressApplication } from '@nestjs/platform-express';
import { AuditService } from 'nestjs-workos-audit';
import type { LocalWorkOS, StoredEvent } from 'nestjs-workos-audit/testing';
import { onTestFinished } from 'vitest';
import { startLocalWorkOS } from '../../../examples/postgres/local/local-workos.js';
import { createShop } from '../../../examples/postgres/shop.js';
import { postgresDatabase, type TestDatabase } from '../../support/postgres.js';

/** The example as it is, on a LocalWorkOS as `npm run example:postgres` gives it. Closed when the test is over. */
export class Shop {
  private constructor(
    readonly database: TestDatabase,
    readonly workos: LocalWorkOS,
    readonly app: NestExpressApplication,
    readonly url: string,
  ) {}

  static async start(): Promise<Shop> {
    const database = await postgresDatabase();
    const { workos, config } = await startLocalWorkOS();
    onTestFinished(() => workos.close());
    const delivery = { pollMs: 20, ratePerSecond: 1_000, drainTimeoutMs: 2_000 };
    const app = await createShop({ ...config, databaseUrl: database.url, delivery }, { logger: false });
    onTestFinished(() => app.close());
    await app.listen(0, '127.0.0.1');
    return new Shop(database, workos, app, await app.getUrl());
  }

  async post(path: string, form: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  }

  async order(product: string, quantity: number): Promise<number> {
    return (await this.post('/orders', { product, quantity: String(quantity) })).status;
  }

  /** All that was ever recorded: nothing waits any more. */
  async events(): Promise<readonly StoredEvent[]> {
    const audit = this.app.get(AuditService);
    const deadline = performance.now() + 15_000;
    for (;;) {
      await audit.flush({ timeoutMs: 1_000 });
      const { pending, leased, held, dropped } = await audit.stats();
      if (pending + leased + held + dropped === 0) return this.workos.events;
      if (performance.now() > deadline)
        throw new Error(`${pending + leased + held} events wait, ${dropped} are dropped`);
    }
  }

  async orderedIds(): Promise<string[]> {
    const rows = await this.database.query<{ id: number }>('SELECT id FROM orders ORDER BY id');
    return rows.map(({ id }) => String(id));
  }
}
