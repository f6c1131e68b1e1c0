import { existsSync } from 'node:fs';
import {
  type CanActivate,
  ConflictException,
  Controller,
  Delete,
  Injectable,
  Module,
  Param,
  Post,
  Sse,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import {
  Audited,
  AuditModule,
  type AuditModuleOptions,
  AuditService,
  defineAuditEvents,
  optional,
} from 'nestjs-workos-audit';
import { sqliteOutbox } from 'nestjs-workos-audit/sqlite';
import { AuditTestingModule, RecordedAudit } from 'nestjs-workos-audit/testing';
import { from, type Observable } from 'rxjs';
import { onTestFinished } from 'vitest';
import { CapturedLogs } from '../../support/captured-logs.js';
import { ada, HeaderGuard, type Platform } from '../../support/test-app.js';

export const auditEvents = defineAuditEvents({
  'post.delete': { targets: ['post', 'user', optional('team')], metadata: { title: 'string', size: 'number' } },
  'post.purge': { targets: ['post', 'user', optional('team')], metadata: { outcome: 'string' } },
  'post.watch': { targets: ['user', optional('team')] },
  'post.lock': { targets: ['post', 'user', optional('team')] },
  'post.lock_failed': { targets: ['post', 'user', optional('team')] },
  'post.hide': { targets: ['post', 'user', optional('team')] },
  'post.hide_denied': { targets: ['post', 'user', optional('team')] },
  'user.invite': { targets: ['user', optional('team')] },
});

export const schemaLock = {
  lockfileVersion: 1,
  actions: {
    'post.delete': [
      { version: 3, targets: ['post', 'team', 'user'], digest: '' },
      { version: 4, targets: ['post', 'user'], digest: '' },
    ],
  },
} as unknown as AuditModuleOptions['schemaLock'];

/** Handlers that have run. */
export const runs: string[] = [];

@Injectable()
class Never implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Controller('posts')
export class PostsController {
  constructor(private readonly audit: AuditService) {}

  @Delete(':id')
  @Audited('post.delete', {
    targets: {
      post: ({ params }) => {
        if (params.id === 'throws') throw new Error('no such post');
        return { id: params.id ?? '', name: 'A post' };
      },
    },
    metadata: { title: 'x'.repeat(600), size: '7' },
  })
  remove(@Param('id') id: string): { id: string } {
    this.audit.annotate({ metadata: { title: `Post ${id}` } });
    return { id };
  }

  @Post(':id/purge')
  @Audited('post.purge', { guarantee: 'write-ahead', targets: { post: ({ params }) => params.id } })
  purge(@Param('id') id: string): void {
    runs.push(id);
    if (id === 'fails') throw new Error('it fails');
  }

  @Post(':id/lock')
  @Audited('post.lock', { targets: { post: ({ params }) => params.id }, failure: 'post.lock_failed' })
  lock(): never {
    throw new ConflictException();
  }

  @Post(':id/hide')
  @UseGuards(Never)
  @Audited('post.hide', { targets: { post: ({ params }) => params.id }, denied: 'post.hide_denied' })
  hide(): void {}

  @Sse('watch')
  @Audited('post.watch')
  watch(): Observable<string> {
    return from(['one', 'two']);
  }

  @Post('invite')
  async invite(): Promise<void> {
    await this.audit.record('user.invite', { targets: { user: ['u1', 'u2'] } });
  }
}

/** A file that must never be made. */
export const outboxFile = `${import.meta.dirname}/no-such-folder/audit.db`;

const options = (): AuditModuleOptions => ({
  workos: { apiKey: process.env.NO_SUCH_KEY },
  events: auditEvents,
  schemaLock,
  outbox: sqliteOutbox({ path: outboxFile }),
});

@Injectable()
class OptionsFactory {
  createAuditOptions(): Promise<AuditModuleOptions> {
    return Promise.resolve(options());
  }
}

/** Every way in which an application may import the module, deep inside of it. */
export const imports = {
  forRoot: () => AuditModule.forRoot(options()),
  'forRootAsync with a factory': () => AuditModule.forRootAsync({ useFactory: async () => Promise.resolve(options()) }),
  'forRootAsync with a class': () => AuditModule.forRootAsync({ useClass: OptionsFactory }),
} satisfies Record<string, () => ReturnType<typeof AuditModule.forRoot>>;

/** An application as it is in production. */
export function appModule(audit = imports.forRoot()): new () => object {
  @Module({ imports: [audit] })
  class CoreModule {}
  @Module({ controllers: [PostsController] })
  class PostsModule {}
  @Module({ imports: [CoreModule, PostsModule] })
  class AppModule {}
  return AppModule;
}

/** An application under test, on a real port. */
export class TestedApp {
  private constructor(
    readonly nest: INestApplication,
    readonly url: string,
    readonly logs: CapturedLogs,
  ) {}

  static async start(
    modules: NonNullable<ModuleMetadata['imports']> = [appModule(), AuditTestingModule],
    { platform = 'express', controllers }: { platform?: Platform; controllers?: ModuleMetadata['controllers'] } = {},
  ): Promise<TestedApp> {
    @Module({ imports: modules, controllers })
    class TestModule {}
    const logs = new CapturedLogs();
    const adapter = platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
    const nest = await NestFactory.create(TestModule, adapter, { logger: logs, abortOnError: false });
    nest.useGlobalGuards(new HeaderGuard());
    await nest.listen(0, '127.0.0.1');
    onTestFinished(() => nest.close());
    return new TestedApp(nest, await nest.getUrl(), logs);
  }

  get audit(): RecordedAudit {
    return this.nest.get(RecordedAudit);
  }

  async request(method: string, path: string, user: unknown = ada): Promise<Response> {
    const headers: Record<string, string> = user ? { 'x-user': JSON.stringify(user) } : {};
    return fetch(this.url + path, { method, headers });
  }
}

export function outboxFileExists(): boolean {
  return existsSync(outboxFile);
}
