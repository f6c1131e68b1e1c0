import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable, UseGuards } from '@nestjs/common';
import {
  Args,
  Field,
  GqlExecutionContext,
  GraphQLModule,
  ID,
  Mutation,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { Audited, AuditModule, AuditService } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { ada, auditOptions, platforms, startLocalWorkOS, TestApp } from '../support/test-app.js';

/** Stands for an SSO guard of GraphQL. */
@Injectable()
class GraphqlGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { req } = GqlExecutionContext.create(context).getContext<{
      req: { headers: Record<string, string>; user?: unknown };
    }>();
    const header = req.headers['x-user'];
    if (header) req.user = JSON.parse(header) as unknown;
    return true;
  }
}

@ObjectType()
class Post {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  title!: string;
}

@Resolver(() => Post)
@UseGuards(GraphqlGuard)
class PostsResolver {
  constructor(private readonly audit: AuditService) {}

  @Query(() => [Post])
  posts(): Post[] {
    return [{ id: 'p1', title: 'One' }];
  }

  @ResolveField(() => String)
  title(): string {
    return 'resolved';
  }

  @Mutation(() => Post)
  @Audited('post.create', { targets: { post: ({ result }) => ({ id: result.id, name: result.title }) } })
  create(@Args('title', { type: () => String }) title: string): Post {
    return { id: title.toLowerCase(), title };
  }

  @Mutation(() => ID)
  @Audited('post.delete', { targets: { post: ({ params }) => params['id'] }, failure: 'post.delete_failed' })
  remove(@Args('id', { type: () => ID }) id: string): string {
    if (id === 'p403') throw new ForbiddenException();
    this.audit.annotate({ metadata: { title: 'Hello' } });
    return id;
  }

  @Mutation(() => Boolean)
  async byHand(): Promise<boolean> {
    await this.audit.record('user.invite', { targets: { user: 'u2' } });
    return true;
  }
}

describe.each(platforms)('%s: GraphQL', (platform) => {
  async function start() {
    const workos = await startLocalWorkOS();
    const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true });
    const imports = [graphql, AuditModule.forRoot(auditOptions(workos))];
    const app = await TestApp.start({ platform, workos, imports, providers: [PostsResolver], guard: false });
    const ask = async (query: string): Promise<{ data?: unknown; errors?: { message: string }[] }> => {
      const headers = { 'content-type': 'application/json', 'user-agent': 'graphql-client' };
      const answer = await app.request('/graphql', { headers, body: JSON.stringify({ query }) });
      return (await answer.json()) as object;
    };
    return { app, ask };
  }

  test('one event for each mutation of an operation, whatever fields it asks for; none for a query', async () => {
    const { app, ask } = await start();
    expect(await ask('{ posts { id title } }')).toEqual({ data: { posts: [{ id: 'p1', title: 'resolved' }] } });
    await app.events(0);
    const mutation =
      'mutation { a: create(title: "One") { id title } b: create(title: "Two") { id } remove(id: "p3") }';
    expect(await ask(mutation)).toEqual({
      data: { a: { id: 'one', title: 'resolved' }, b: { id: 'two' }, remove: 'p3' },
    });
    const events = await app.events(3);
    const told = events.map(({ action, targets, metadata }) => {
      const post = targets.find(({ type }) => type === 'post');
      return [action, post?.id, post?.name, metadata];
    });
    expect(told).toEqual(
      expect.arrayContaining([
        ['post.create', 'one', 'One', {}],
        ['post.create', 'two', 'Two', {}],
        ['post.delete', 'p3', undefined, { title: 'Hello' }],
      ]),
    );
    for (const { actor, context, targets } of events) {
      expect(actor).toMatchObject({ id: ada.id, name: ada.name });
      expect(targets.filter(({ type }) => type === 'team').map(({ id }) => id)).toEqual(ada.groups.map(({ id }) => id));
      expect(context).toMatchObject({ location: '127.0.0.1', userAgent: 'graphql-client' });
    }
  });

  test('a mutation that throws is a failure, and its answer is as it was', async () => {
    const { app, ask } = await start();
    const { errors } = await ask('mutation { remove(id: "p403") }');
    expect(errors).toMatchObject([{ message: 'Forbidden' }]);
    expect(await app.events(1)).toMatchObject([
      { action: 'post.delete_failed', metadata: { error_name: 'ForbiddenException', error_status: 403 } },
    ]);
  });

  test('record() in a resolver knows the request', async () => {
    const { app, ask } = await start();
    expect(await ask('mutation { byHand }')).toEqual({ data: { byHand: true } });
    expect(await app.events(1)).toMatchObject([{ action: 'user.invite', actor: { id: ada.id } }]);
  });
});

test('the inventory and the coverage know mutations; a field resolver is no handler', async () => {
  @Resolver(() => Post)
  class FieldResolver {
    @ResolveField(() => String)
    @Audited('post.read')
    title(): string {
      return 'x';
    }
  }
  const start = TestApp.start({ providers: [FieldResolver] });
  await expect(start).rejects.toThrow("FieldResolver.title, 'post.read': Nest does not call this method as a handler");

  @Resolver(() => Post)
  class DeniedResolver {
    @Mutation(() => Boolean)
    @Audited('post.delete', { denied: 'post.delete_denied' })
    remove(): boolean {
      return true;
    }
  }
  await expect(TestApp.start({ providers: [DeniedResolver] })).rejects.toThrow('`denied` works on routes of HTTP');
});
