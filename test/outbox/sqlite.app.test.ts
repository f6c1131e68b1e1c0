import { join } from 'node:path';
import { Controller, Post } from '@nestjs/common';
import { Audited } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { sqliteOutbox } from '../../src/sqlite.js';
import { platforms, startLocalWorkOS, TestApp } from '../support/test-app.js';
import { temporaryFolder } from './support/files.js';

@Controller()
class ThingsController {
  @Post('thing')
  @Audited('thing.make', { targets: { thing: 't1' } })
  make(): string {
    return 'made';
  }
}

describe.each(platforms)('an application with a SQLite outbox, on %s', (platform) => {
  test('delivers what its requests record', async () => {
    const outbox = sqliteOutbox({ path: join(temporaryFolder(), 'audit.db') });
    const app = await TestApp.start({ platform, controllers: [ThingsController], audit: { outbox } });
    const responses = await Promise.all(Array.from({ length: 20 }, () => app.request('/thing')));
    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(201));
    await app.events(20);
    expect(await app.audit.stats()).toMatchObject({ recorded: 20, delivered: 20, dropped: 0, pending: 0 });
  });

  test('leaves to the next start what it cannot deliver', async () => {
    const path = join(temporaryFolder(), 'audit.db');
    const workos = await startLocalWorkOS();
    const start = (): Promise<TestApp> =>
      TestApp.start({
        platform,
        controllers: [ThingsController],
        workos,
        audit: { outbox: sqliteOutbox({ path }), delivery: { drainTimeoutMs: 50 } },
      });
    workos.fail({ status: 503 });
    const first = await start();
    for (let i = 0; i < 5; i += 1) expect((await first.request('/thing')).status).toBe(201);
    await first.close();
    expect(first.logs.find('log', `5 audit events wait in the outbox (${path}) for the next start`)).toHaveLength(1);
    expect(workos.events).toHaveLength(0);

    workos.heal();
    const second = await start();
    await second.events(5);
    expect(await second.audit.stats()).toMatchObject({ recorded: 0, delivered: 5, pending: 0, leased: 0 });
  });
});
