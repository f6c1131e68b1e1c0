import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AuditModule, memoryOutbox } from 'nestjs-workos-audit';
import { sqliteOutbox } from 'nestjs-workos-audit/sqlite';
import { auditEvents } from './audit-events.js';
import { SignInModule } from './auth/sign-in.module.js';
import type { BlogConfig } from './core/blog.config.js';
import { CoreModule } from './core/core.module.js';
import { createWorkOS } from './core/workos.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { PostsModule } from './posts/posts.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { TeamModule } from './team/team.module.js';
import { ErrorFilter } from './web/error.filter.js';
import { StyleController } from './web/style.controller.js';
import schemaLock from './workos-audit.lock.json' with { type: 'json' };

/** The blog. All of its auditing is wired in the one import of `AuditModule`. */
@Module({})
export class AppModule {
  static with(config: BlogConfig): DynamicModule {
    const workos = createWorkOS(config);
    return {
      module: AppModule,
      imports: [
        AuditModule.forRoot({
          workos: { client: workos },
          events: auditEvents,
          schemaLock,
          // What waits for WorkOS survives the process. In memory, as in tests, it does not.
          outbox: config.outboxPath === ':memory:' ? memoryOutbox() : sqliteOutbox({ path: config.outboxPath }),
          delivery: config.delivery,
          directory: { timeoutMs: config.directoryTimeoutMs },
        }),
        CoreModule.with(config, workos),
        SignInModule.with(config),
        DashboardModule,
        PostsModule,
        TeamModule,
        SettingsModule,
      ],
      controllers: [StyleController],
      providers: [{ provide: APP_FILTER, useClass: ErrorFilter }],
    };
  }
}
