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
import type { Variant } from './variants.js';

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

interface NewPost {
  readonly title: string;
}

interface BlogPost extends NewPost {
  readonly id: string;
}

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

/** As little as a handler can do, so that everything that is added shows. */
class Posts {
  #last = 0;

  create({ title }: NewPost): Promise<BlogPost> {
    return Promise.resolve({ id: `post_${(this.#last += 1)}`, title });
  }
}

@Controller()
@UseGuards(UserGuard)
class PlainController extends Posts {
  @Post('plain')
  override create(@Body() post: NewPost): Promise<BlogPost> {
    return super.create(post);
  }

  @Post('intercepted')
  @UseInterceptors(IdleInterceptor)
  createIntercepted(@Body() post: NewPost): Promise<BlogPost> {
    return super.create(post);
  }
}

@Controller()
@UseGuards(UserGuard)
class AuditedController extends Posts {
  @Post('audited')
  @Audited('post.create', {
    targets: { post: ({ result }) => ({ id: result.id, name: result.title }) },
    metadata: { title: ({ body }) => body.title },
  })
  override create(@Body() post: NewPost): Promise<BlogPost> {
    return super.create(post);
  }

  @Post('written-ahead')
  @Audited('post.publish', {
    guarantee: 'write-ahead',
    targets: { post: ({ result }) => (result ? { id: result.id, name: result.title } : 'new') },
    metadata: { title: ({ body }) => body.title },
  })
  publish(@Body() post: NewPost): Promise<BlogPost> {
    return super.create(post);
  }
}

@Controller()
@UseGuards(UserGuard)
class TutorialController extends Posts {
  constructor(@Inject(WorkOS) private readonly workos: WorkOS) {
    super();
  }

  @Post('tutorial')
  override async create(@Body() body: NewPost): Promise<BlogPost> {
    const post = await super.create(body);
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
export async function appModule({ outbox, path }: Variant, workosPort: number): Promise<Type> {
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
    providers: [{ provide: WorkOS, useValue: new WorkOS(apiKey, connection) }],
  })(BenchModule);
  return BenchModule;
}
