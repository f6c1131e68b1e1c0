import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AuditService, type AuditStats } from 'nestjs-workos-audit';
import { serve, settingsOf } from '../support/child.js';
import { type Cpu, cpu } from '../support/cpu.js';
import { appModule } from './app.js';
import { mount } from './mounted.js';
import type { HandlerKind, Platform, Variant } from './variants.js';

export interface ServerSettings {
  readonly platform: Platform;
  readonly variant: Variant;
  readonly handler: HandlerKind;
  readonly workosPort: number;
}

const { platform, variant, handler, workosPort } = settingsOf<ServerSettings>();

const app = await NestFactory.create(
  await appModule(variant, handler, workosPort),
  platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter(),
  { logger: ['warn', 'error'] },
);
if (variant.mounted) mount(app, platform, variant.mounted);
await app.listen(0, '127.0.0.1');

const api = {
  port: async () => Number(new URL(await app.getUrl()).port),
  cpu: (): Cpu => cpu(),
  stats: async (): Promise<AuditStats | undefined> => (variant.outbox ? app.get(AuditService).stats() : undefined),
};

export type ServerApi = typeof api;
serve(api);
