import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Injectable,
  Param,
  Post,
  UseGuards,
} from '@nestjs/common';
import { Args, GqlExecutionContext, GraphQLModule, Mutation, Query, Resolver } from '@nestjs/graphql';
import { ClientProxyFactory, MessagePattern, Payload, type TcpContext, Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Audited, AuditModule, type AuditModuleOptions, AuditService, systemActor } from 'nestjs-workos-audit';
import { firstValueFrom } from 'rxjs';
import { onTestFinished } from 'vitest';
import { ada, auditOptions, freePort, type Platform, startLocalWorkOS, TestApp } from '../support/test-app.js';

/** The same act in every context: it does what its id says. */
function act(id: string): string {
  if (id === 'failure') throw new RangeError('no');
  done.push(id);
  return id;
}

/** What was really done, since the last look. */
export const done: string[] = [];

const both = { failure: 'thing.do_failed', targets: { thing: 't1' } } as const;

/** Puts the user where guards of each context put them, and refuses where it is told to. */
@Injectable()
class AnyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const type = context.getType<string>();
    const carrier =
      type === 'graphql'
        ? GqlExecutionContext.create(context).getContext<{ req: object }>().req
        : type === 'ws'
          ? context.switchToWs().getClient<object>()
          : type === 'rpc'
            ? context.switchToRpc().getContext<TcpContext>()
            : context.switchToHttp().getRequest<object>();
    Object.assign(carrier, { user: ada });
    return type !== 'http' || context.switchToHttp().getRequest<{ params: { id: string } }>().params.id !== 'denied';
  }
}

@Controller('things')
@UseGuards(AnyGuard)
class ThingsController {
  @Post(':id')
  @Audited('thing.do', { ...both, denied: 'thing.do_denied' })
  do(@Param('id') id: string) {
    return act(id);
  }

  @MessagePattern('do')
  @Audited('thing.do', both)
  message(@Payload() { id }: { id: string }) {
    return act(id);
  }
}

@Resolver()
@UseGuards(AnyGuard)
class ThingsResolver {
  @Query(() => String)
  nothing(): string {
    return '';
  }

  @Mutation(() => String)
  @Audited('thing.do', both)
  do(@Args('id', { type: () => String }) id: string): string {
    return act(id);
  }
}

@WebSocketGateway()
@UseGuards(AnyGuard)
class ThingsGateway {
  @SubscribeMessage('do')
  @Audited('thing.do', both)
  do(@MessageBody() { id }: { id: string }) {
    return { event: 'done', data: act(id) };
  }
}

/** Does the act in one context; resolves when it was answered, or when nothing more will come. */
export type Doing = (app: TestApp, id: string) => Promise<void>;

/** How the act is called for in each context. */
export const CONTEXTS: Readonly<Record<string, Doing>> = {
  async REST(app, id) {
    await app.request(`/things/${id}`);
  },
  async GraphQL(app, id) {
    const query = `mutation { do(id: "${id}") }`;
    await app.request('/graphql', { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
  },
  async 'WebSocket gateway'(app, id) {
    const socket = new WebSocket(app.url.replace('http', 'ws'));
    await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
    onTestFinished(() => socket.close());
    const answered = new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }));
    socket.send(JSON.stringify({ event: 'do', data: { id } }));
    await answered;
  },
  async 'Microservice (TCP)'(app, id) {
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: ports.get(app) });
    onTestFinished(() => void client.close());
    await firstValueFrom(client.send('do', { id })).catch(() => {});
  },
  async 'Job or function'(app, id) {
    const job = systemActor(ada.id, { organizationId: ada.organizationId });
    await app.nest
      .get(AuditService)
      .runAs(job, () => app.audit.audited(() => act(id), 'thing.do', both))
      .catch(() => {});
  },
};

const ports = new WeakMap<TestApp, { host: string; port: number }>();

/** One application that has all of the contexts. */
export async function startApp(platform: Platform, audit: Partial<AuditModuleOptions> = {}): Promise<TestApp> {
  const workos = await startLocalWorkOS();
  const address = { host: '127.0.0.1', port: await freePort() };
  const app = await TestApp.start({
    platform,
    workos,
    guard: false,
    imports: [
      GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true }),
      AuditModule.forRoot(auditOptions(workos, audit)),
    ],
    controllers: [ThingsController],
    providers: [ThingsResolver, ThingsGateway],
    adapter: (nest) => {
      nest.connectMicroservice({ transport: Transport.TCP, options: address }, { inheritAppConfig: true });
      return new WsAdapter(nest);
    },
  });
  await app.nest.startAllMicroservices();
  ports.set(app, address);
  done.length = 0;
  return app;
}
