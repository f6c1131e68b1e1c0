import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AuditService, type AuditStats } from 'nestjs-workos-audit';
import { serve, settingsOf } from '../support/child.js';
import { appModule } from './app.js';
import type { Platform, Variant } from './variants.js';

export interface ServerSettings {
  readonly platform: Platform;
  readonly variant: Variant;
  readonly workosPort: number;
}

const { platform, variant, workosPort } = settingsOf<ServerSettings>();

const app = await NestFactory.create(
  await appModule(variant, workosPort),
  platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter(),
  { logger: ['warn', 'error'] },
);
await app.listen(0, '127.0.0.1');

const api = {
  port: async () => Number(new URL(await app.getUrl()).port),
  /** Of the whole process, its other threads included, since it started. */
  cpuMicros: (): number => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  stats: async (): Promise<AuditStats | undefined> => (variant.outbox ? app.get(AuditService).stats() : undefined),
};

export type ServerApi = typeof api;
serve(api);
