import {
  Body,
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Inject,
  Injectable,
  Module,
  type NestInterceptor,
  Post,
  type Type,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { Audited, AuditModule, defineAuditEvents } from 'nestjs-workos-audit';
import type { Observable } from 'rxjs';
import { outboxNamed } from '../support/outboxes.js';
import { type BlogPost, type NewPost, Posts, WorkingPosts } from './posts.js';
import type { HandlerKind, Variant } from './variants.js';

export const apiKey = 'sk_test_bench';

const ada = {
  id: 'user_01HQ3ZV9DVBN8XQ6CJ0WJ3K2AA',
  name: 'Ada Lovelace',
  organizationId: 'org_01HQ3ZV9DVBN8XQ6CJ0WJ3K2AB',
  groups: [
    { id: 'group_01HQ3ZV9DVBN8XQ6CJ0WJ3K2AC', name: 'Engineering' },
    { id: 'group_01HQ3ZV9DVBN8XQ6CJ0WJ3K2AD', name: 'Mathematics' },
  ],
};

export const events = defineAuditEvents({
  'post.create': { targets: ['post', 'user', 'team'], metadata: { title: 'string' } },
  'post.publish': { targets: ['post', 'user', 'team'], metadata: { title: 'string', outcome: 'string' } },
});

const schemas = [{ version: 1, targets: ['post', 'user', 'team'] }];
const schemaLock = { lockfileVersion: 1, actions: { 'post.create': schemas, 'post.publish': schemas } };

/** Stands for an SSO guard that has its session at hand. */
@Injectable()
class UserGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    context.switchToHttp().getRequest<{ user?: unknown }>().user = ada;
    return true;
  }
}

/** What Nest itself takes for any interceptor. */
@Injectable()
class IdleInterceptor implements NestInterceptor {
  intercept(_execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle();
  }
}

@Controller()
@UseGuards(UserGuard)
class PlainController {
  constructor(@Inject(Posts) private readonly posts: Posts) {}

  @Post('plain')
  create(@Body() post: NewPost): Promise<BlogPost> {
    return this.posts.create(post);
  }

  @Post('intercepted')
  @UseInterceptors(IdleInterceptor)
  createIntercepted(@Body() post: NewPost): Promise<BlogPost> {
    return this.posts.create(post);
  }
}

@Controller()
@UseGuards(UserGuard)
class AuditedController {
  constructor(@Inject(Posts) private readonly posts: Posts) {}

  @Post('audited')
  @Audited('post.create', {
    targets: { post: ({ result }) => ({ id: result.id, name: result.title }) },
    metadata: { title: ({ body }) => body.title },
  })
  create(@Body() post: NewPost): Promise<BlogPost> {
    return this.posts.create(post);
  }

  @Post('written-ahead')
  @Audited('post.publish', {
    guarantee: 'write-ahead',
    targets: { post: ({ result }) => (result ? { id: result.id, name: result.title } : 'new') },
    metadata: { title: ({ body }) => body.title },
  })
  publish(@Body() post: NewPost): Promise<BlogPost> {
    return this.posts.create(post);
  }
}

@Controller()
@UseGuards(UserGuard)
class TutorialController {
  constructor(
    @Inject(Posts) private readonly posts: Posts,
    @Inject(WorkOS) private readonly workos: WorkOS,
  ) {}

  @Post('tutorial')
  async create(@Body() body: NewPost): Promise<BlogPost> {
    const post = await this.posts.create(body);
    await this.workos.auditLogs.createEvent(ada.organizationId, {
      action: 'post.create',
      occurredAt: new Date(),
      version: 1,
      actor: { id: ada.id, type: 'user', name: ada.name, metadata: {} },
      targets: [
        { type: 'user', id: ada.id, name: ada.name },
        ...ada.groups.map(({ id, name }) => ({ type: 'team', id, name })),
        { type: 'post', id: post.id, name: post.title },
      ],
      context: { location: '127.0.0.1', userAgent: 'bench/1.0' },
      metadata: { title: post.title },
    });
    return post;
  }
}

/** The application of a variant. Whoever imports the module has audited routes, whether they are called or not. */
export async function appModule({ outbox, path }: Variant, handler: HandlerKind, workosPort: number): Promise<Type> {
  const connection = { apiHostname: '127.0.0.1', port: workosPort, https: false };
  class BenchModule {}
  Module({
    imports: outbox
      ? [
          AuditModule.forRoot({
            workos: { apiKey, ...connection },
            events,
            schemaLock,
            outbox: await outboxNamed(outbox),
          }),
        ]
      : [],
    controllers: [
      PlainController,
      ...(outbox ? [AuditedController] : []),
      ...(path === '/tutorial' ? [TutorialController] : []),
    ],
    providers: [
      { provide: Posts, useClass: handler === 'working' ? WorkingPosts : Posts },
      { provide: WorkOS, useValue: new WorkOS(apiKey, connection) },
    ],
  })(BenchModule);
  return BenchModule;
}
