import 'reflect-metadata';
import { createServer } from 'node:net';
import type { CanActivate, ExecutionContext, INestApplication, Provider, Type, WebSocketAdapter } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AuditModule, type AuditModuleOptions, AuditService, memoryOutbox } from 'nestjs-workos-audit';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { onTestFinished } from 'vitest';
import { CapturedLogs } from './captured-logs.js';

/** Every suite that serves requests runs on both. */
export const platforms = ['express', 'fastify'] as const;
export type Platform = (typeof platforms)[number];

export const ada = {
  id: 'user_ada',
  name: 'Ada Lovelace',
  organizationId: 'org_local',
  groups: [
    { id: 'group_eng', name: 'Engineering' },
    { id: 'group_math', name: 'Mathematics' },
  ],
};

/** Stands for an SSO guard: `x-user` holds the user as JSON. */
export class HeaderGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: unknown }>();
    const header = request.headers['x-user'];
    if (header) request.user = JSON.parse(header) as unknown;
    return true;
  }
}

export interface TestAppOptions {
  readonly platform?: Platform;
  readonly controllers?: Type[];
  readonly providers?: Provider[];
  readonly imports?: Parameters<typeof Module>[0]['imports'];
  readonly audit?: Partial<AuditModuleOptions>;
  readonly workos?: LocalWorkOS;
  /** Lets `close()` wait for the requests that are being served. */
  readonly keepConnections?: boolean;
  /** `false` leaves out the guard that finds the user, where it does not fit. @default true */
  readonly guard?: boolean;
  /** For WebSocket gateways. */
  readonly adapter?: (nest: INestApplication) => WebSocketAdapter;
  /** Nest's own: answers 503 while it closes. */
  readonly return503OnClosing?: boolean;
  /** Takes the client's address from `x-forwarded-for`, as the framework does it. */
  readonly trustProxy?: boolean;
  /** Keeps the raw body of requests, as signatures need it. */
  readonly rawBody?: boolean;
}

/** Delivery in milliseconds instead of seconds. */
export const quickDelivery = {
  pollMs: 20,
  backoff: { minMs: 10, maxMs: 50 },
  unauthorizedRetryMs: 100,
  timeoutMs: 1_000,
  drainTimeoutMs: 500,
  ratePerSecond: 5_000,
};

/** A real application on a real port, its module on a LocalWorkOS. Everything is closed when the test is over. */
export class TestApp {
  readonly logs = new CapturedLogs();
  #closed?: Promise<void>;

  private constructor(
    readonly workos: LocalWorkOS,
    readonly nest: INestApplication,
    readonly url: string,
    logs: CapturedLogs,
  ) {
    this.logs = logs;
  }

  static async start(options: TestAppOptions = {}): Promise<TestApp> {
    const workos = options.workos ?? (await startLocalWorkOS());
    const logs = new CapturedLogs();
    const nest = await createNest(workos, logs, options);
    await nest.listen(0, '127.0.0.1');
    const app = new TestApp(workos, nest, await nest.getUrl(), logs);
    onTestFinished(() => app.close());
    return app;
  }

  get audit(): AuditService {
    return this.nest.get(AuditService);
  }

  /** Sends a request, as Ada unless another user (or `null`) is named. */
  async request(path: string, init: RequestInit & { user?: unknown } = {}): Promise<Response> {
    const { user = ada, ...rest } = init;
    const headers = new Headers(rest.headers);
    if (user !== null) headers.set('x-user', JSON.stringify(user));
    return fetch(this.url + path, { method: 'POST', ...rest, headers });
  }

  /** Waits for exactly `count` events: flushes what waits, and then there may not be more. */
  async events(count: number): Promise<LocalWorkOS['events']> {
    const events = await this.workos.waitForEvents(count);
    await this.audit.flush({ timeoutMs: 1_000 });
    if (this.workos.events.length !== count) {
      throw new Error(`expected ${count} events, there are: ${JSON.stringify(this.workos.events, null, 2)}`);
    }
    return events;
  }

  close(): Promise<void> {
    return (this.#closed ??= this.nest.close());
  }
}

/** A LocalWorkOS that accepts any action, unless told otherwise. */
export async function startLocalWorkOS(options: Parameters<typeof LocalWorkOS.start>[0] = {}): Promise<LocalWorkOS> {
  const workos = await LocalWorkOS.start({ schemas: 'open', ...options });
  onTestFinished(() => workos.close());
  return workos;
}

/** Module options for a LocalWorkOS. */
export function auditOptions(workos: LocalWorkOS, audit: Partial<AuditModuleOptions> = {}): AuditModuleOptions {
  return {
    workos: { apiKey: workos.apiKey, ...workos.clientOptions },
    outbox: memoryOutbox(),
    ...audit,
    delivery: { ...quickDelivery, ...audit.delivery },
  };
}

async function createNest(
  workos: LocalWorkOS,
  logger: CapturedLogs,
  options: TestAppOptions,
): Promise<INestApplication> {
  class TestModule {}
  Module({
    imports: options.imports ?? [AuditModule.forRoot(auditOptions(workos, options.audit))],
    controllers: options.controllers ?? [],
    providers: options.providers ?? [],
  })(TestModule);
  const { trustProxy = false } = options;
  const express = new ExpressAdapter();
  express.set('trust proxy', trustProxy);
  const adapter = options.platform === 'fastify' ? new FastifyAdapter({ trustProxy }) : express;
  const nest = await NestFactory.create(TestModule, adapter, {
    logger,
    abortOnError: false,
    forceCloseConnections: !options.keepConnections,
    return503OnClosing: options.return503OnClosing ?? false,
    rawBody: options.rawBody ?? false,
  });
  if (options.guard ?? true) nest.useGlobalGuards(new HeaderGuard());
  if (options.adapter) nest.useWebSocketAdapter(options.adapter(nest));
  return nest;
}

/** A TCP port that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
