import 'reflect-metadata';
import { All, Controller, Delete, Get, Patch, Post, Put } from '@nestjs/common';
import { Audited, AuditService, defineAuditEvents, NotAudited, optional } from 'nestjs-workos-audit';
import { expectAuditCoverage } from 'nestjs-workos-audit/testing';
import { describe, expect, test } from 'vitest';
import { platforms, TestApp } from './support/test-app.js';

@Controller('posts')
class PostsController {
  @Get()
  list(): void {}

  @Post()
  @Audited('post.create')
  create(): void {}

  @Put(':id')
  replace(): void {}

  @Patch([':id', ':id/title'])
  change(): void {}

  @Delete(':id')
  @NotAudited('drafts only')
  remove(): void {}

  @All('any')
  any(): void {}
}

@Controller(['hooks', 'callbacks'])
@NotAudited('called by machines, audited at their end')
class HooksController {
  @Post('ping')
  ping(): void {}
}

@Controller()
class CoveredController {
  @Delete('things/:id')
  @Audited('thing.delete', { targets: { thing: ({ params }) => params.id } })
  @Audited('thing.purge')
  remove(): void {}
}

/** A resolver as @nestjs/graphql marks it. */
class PostsResolver {
  deletePost(): void {}
  posts(): void {}
}
Reflect.defineMetadata('graphql:resolver_type', 'Mutation', PostsResolver.prototype.deletePost);
Reflect.defineMetadata('graphql:resolver_type', 'Query', PostsResolver.prototype.posts);

const uncovered = [
  'PUT /posts/:id (PostsController.replace)',
  'PATCH /posts/:id (PostsController.change)',
  'PATCH /posts/:id/title (PostsController.change)',
  'ALL /posts/any (PostsController.any)',
  'Mutation deletePost (PostsResolver.deletePost)',
];

describe.each(platforms)('coverage on %s', (platform) => {
  const start = (coverage?: 'off' | 'warn' | 'error'): Promise<TestApp> =>
    TestApp.start({
      platform,
      controllers: [PostsController, HooksController],
      providers: [PostsResolver],
      audit: { coverage },
    });

  test('is off unless asked for', async () => {
    const app = await start();
    expect(app.logs.find('warn', 'not audited')).toHaveLength(0);
  });

  test('warn lists every route that changes something and says nothing of auditing', async () => {
    const app = await start('warn');
    const [line] = app.logs.find('warn', 'Routes that are not audited');
    expect(line?.split('\n  - ').slice(1)).toEqual(uncovered);
    expect(line).toContain(`Put @Audited('…') on each, or @NotAudited('reason')`);
  });

  test('error stops the boot with the same list', async () => {
    await expect(start('error')).rejects.toThrow(uncovered.join('\n  - '));
  });

  test('expectAuditCoverage(app) is the same in a test', async () => {
    const app = await start();
    expect(() => expectAuditCoverage(app.nest)).toThrow(`5 routes are not audited.`);
    expect(() => expectAuditCoverage(app.nest)).toThrow(uncovered[4]);
    const covered = await TestApp.start({
      platform,
      controllers: [CoveredController, HooksController],
      audit: { coverage: 'error' },
    });
    expect(() => expectAuditCoverage(covered.nest)).not.toThrow();
  });

  test('AuditService.handlers() is the inventory', async () => {
    const app = await TestApp.start({ platform, controllers: [CoveredController, PostsController] });
    expect(app.nest.get(AuditService).handlers()).toEqual([
      {
        controller: 'CoveredController',
        method: 'remove',
        routes: ['DELETE /things/:id'],
        action: 'thing.delete',
        targets: ['thing'],
      },
      {
        controller: 'CoveredController',
        method: 'remove',
        routes: ['DELETE /things/:id'],
        action: 'thing.purge',
        targets: [],
      },
      { controller: 'PostsController', method: 'create', routes: ['POST /posts'], action: 'post.create', targets: [] },
    ]);
    const events = defineAuditEvents({
      'thing.delete': { targets: ['thing', 'user', optional('team')] },
      'thing.purge': { targets: ['user'] },
    });
    const typed = await TestApp.start({ platform, controllers: [CoveredController], audit: { events } });
    expect(typed.audit.handlers().map(({ targets }) => targets)).toEqual([['thing', 'user', 'team'], ['user']]);
  });
});
