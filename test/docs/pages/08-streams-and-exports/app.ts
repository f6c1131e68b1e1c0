import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { AuditModule, memoryOutbox } from 'nestjs-workos-audit';
import { AuditLogStreamHealthIndicator } from 'nestjs-workos-audit/terminus';
import type { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { auditEvents } from './audit-events.js';
import { DeletionsReport } from './deletions.report.js';
import { ExportController } from './export.controller.js';
import { PostsController } from './posts.controller.js';
import { PostsService } from './posts.service.js';
import { RetentionService } from './retention.service.js';
import { SiemHealthController } from './siem-health.controller.js';
import { TrailController } from './trail.controller.js';

/** What the chapter leaves to the reader: the application around its files. */
export async function startApp(workos: LocalWorkOS): Promise<INestApplication> {
  @Module({
    imports: [
      TerminusModule,
      AuditModule.forRoot({
        workos: { apiKey: workos.apiKey, ...workos.clientOptions },
        events: auditEvents,
        outbox: memoryOutbox(),
      }),
    ],
    controllers: [PostsController, TrailController, ExportController, SiemHealthController],
    providers: [PostsService, RetentionService, DeletionsReport, AuditLogStreamHealthIndicator],
  })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0);
  return app;
}

/** As Ada. */
export async function request(app: INestApplication, method: string, path: string): Promise<Response> {
  return fetch(`${await app.getUrl()}${path}`, {
    method,
    headers: { authorization: 'Bearer ada' },
    redirect: 'manual',
  });
}

export async function deletePost(app: INestApplication, id: string): Promise<void> {
  await request(app, 'DELETE', `/posts/${id}`);
}
