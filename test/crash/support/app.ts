// The application that is killed: a process of its own, started by child.ts with its settings as JSON.
import 'reflect-metadata';
import { appendFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConsoleLogger, Controller, Get, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Audited, AuditModule, AuditService, type AuditStats, defineAuditEvents } from 'nestjs-workos-audit';
import { pgBossOutbox } from 'nestjs-workos-audit/pg-boss';
import { sqliteOutbox } from 'nestjs-workos-audit/sqlite';
import type { AppSettings, AppStats } from './child.js';
import { tracesOf } from './traces.js';

const settings = JSON.parse(process.argv[2] ?? '{}') as AppSettings;
const { path, durability, postgres, release, workos, delivery, appendTimeoutMs, shutdown } = settings;

const outbox = postgres ? pgBossOutbox(postgres) : sqliteOutbox({ path, durability });
const claim = outbox.claim.bind(outbox);
let claims = 0;
outbox.claim = (...args) => {
  claims += 1;
  return claim(...args);
};

@Controller()
class ThingsController {
  constructor(private readonly audit: AuditService) {}

  @Post('after/:id')
  @Audited('thing.make', { targets: { thing: ({ params }) => params.id } })
  make(): string {
    if (release) this.audit.annotate({ metadata: { release: release.name } });
    return 'made';
  }

  /** Leaves a trace of what it does, and is slow now and then, so that a kill also meets it at work. */
  @Post('ahead/:id')
  @Audited('thing.drop', { guarantee: 'write-ahead', targets: { thing: ({ params }) => params.id } })
  async drop(@Param('id') id: string): Promise<string> {
    appendFileSync(tracesOf(path), `${id}\n`);
    await sleep(Math.random() < 0.5 ? 0 : Math.random() * 20);
    return 'dropped';
  }

  /** Long enough for a clock to be set meanwhile, and for several looks at the outbox. */
  @Post('slow/:id')
  @Audited('thing.drop', { guarantee: 'write-ahead', targets: { thing: ({ params }) => params.id } })
  async slow(): Promise<string> {
    await sleep(4_000);
    return 'dropped';
  }

  /** What only some releases know, by hand. */
  @Post('record/:action/:id')
  record(@Param('action') action: string, @Param('id') id: string): Promise<void> {
    return this.audit.record(action, { targets: { thing: id } });
  }

  @Get('stats')
  async stats(): Promise<AppStats> {
    const stats: AuditStats = await this.audit.stats();
    return { ...stats, claims };
  }
}

const catalogue = release && { events: defineAuditEvents(release.events), schemaLock: release.schemaLock };

@Module({
  imports: [AuditModule.forRoot({ workos, outbox, delivery, appendTimeoutMs, ...catalogue })],
  controllers: [ThingsController],
})
class AppModule {}

/** When the test is gone, however it ended, so is this. */
const leave = (): void => process.exit(2);
process.once('disconnect', leave);

const app = await NestFactory.create(AppModule, { logger: new ConsoleLogger({ colors: false }) });
app.use((request: { user?: object }, _response: unknown, next: () => void) => {
  request.user = { id: 'user_ada', organizationId: 'org_local' };
  next();
});
if (shutdown === 'hooks') app.enableShutdownHooks();
else {
  process.once('SIGTERM', () => {
    // It must end by itself then: nothing of the library may keep it.
    void app.close().then(() => process.off('disconnect', leave));
  });
}
await app.listen(0, '127.0.0.1');
process.send?.({ url: await app.getUrl() });
flushCompileCache();
