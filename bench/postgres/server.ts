import 'reflect-metadata';
import { type CanActivate, Controller, type ExecutionContext, Module, Post, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Audited, AuditModule } from 'nestjs-workos-audit';
import { serve, settingsOf } from '../support/child.js';
import { outboxAt, type Place } from './places.js';

export interface PostgresServerSettings {
  readonly workosPort: number;
  /** Without it nothing is audited. */
  readonly place?: Place;
}

const { workosPort, place } = settingsOf<PostgresServerSettings>();

class UserGuard implements CanActivate {
  canActivate(execution: ExecutionContext): boolean {
    const request = execution.switchToHttp().getRequest<{ user?: unknown }>();
    request.user = { id: 'user_1', name: 'Ada Lovelace', organizationId: 'org_1' };
    return true;
  }
}

@Controller()
@UseGuards(UserGuard)
class PlainController {
  @Post('plain')
  plain(): object {
    return { id: 'post_1', title: 'On the Analytical Engine' };
  }
}

@Controller()
@UseGuards(UserGuard)
class AuditedController {
  @Post('audited')
  @Audited('post.create', { targets: { post: ({ result }) => ({ id: result.id, name: result.title }) } })
  audited(): object {
    return { id: 'post_1', title: 'On the Analytical Engine' };
  }
}

const workos = { apiKey: 'sk_test_bench', apiHostname: '127.0.0.1', port: workosPort, https: false };
class ServerModule {}
Module({
  imports: place ? [AuditModule.forRoot({ workos, outbox: await outboxAt(place) })] : [],
  controllers: [place ? AuditedController : PlainController],
})(ServerModule);
const app = await NestFactory.create(ServerModule, new FastifyAdapter(), { logger: ['error'] });
await app.listen(0, '127.0.0.1');

const api = { port: async () => Number(new URL(await app.getUrl()).port) };
export type PostgresServerApi = typeof api;
serve(api);
