import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type AuditDeliveryOptions,
  AuditModule,
  AuditService,
  type AuditStats,
  type OutboxEntry,
} from 'nestjs-workos-audit';
import { serve, settingsOf } from '../support/child.js';
import { type OutboxName, outboxNamed } from '../support/outboxes.js';

export interface DrainerSettings {
  readonly outbox: OutboxName;
  readonly workosPort: number;
  readonly events: number;
  readonly delivery: AuditDeliveryOptions;
}

const { outbox: name, workosPort, events, delivery } = settingsOf<DrainerSettings>();

function entry(_: unknown, index: number): OutboxEntry {
  return {
    id: randomUUID(),
    recordedAt: Date.now(),
    event: {
      organizationId: 'org_01HQ3ZV9DVBN8XQ6CJ0WJ3K2AB',
      action: 'report.create',
      occurredAt: new Date().toISOString(),
      version: 1,
      actor: { id: 'nightly-report', type: 'system', metadata: {} },
      targets: [{ id: `report_${index}`, type: 'report', name: 'Revenue by region', metadata: {} }],
      context: { location: 'internal' },
      metadata: { title: `Revenue by region, edition ${index}`, pages: 12 },
    },
  };
}

/** The backlog of an outage, there before the application starts. */
const outbox = await outboxNamed(name);
await outbox.open();
const backlog = Array.from({ length: events }, entry);
for (let at = 0; at < events; at += 500) await outbox.append(backlog.slice(at, at + 500));
backlog.length = 0;

class DrainerModule {}
const workos = { apiKey: 'sk_test_bench', apiHostname: '127.0.0.1', port: workosPort, https: false };
Module({ imports: [AuditModule.forRoot({ workos, outbox, delivery })] })(DrainerModule);
const app = await NestFactory.createApplicationContext(DrainerModule, { logger: false });

const ready = process.cpuUsage();
const api = {
  stats: (): Promise<AuditStats> => app.get(AuditService).stats(),
  /** Microseconds of the processor that an event has taken since the application started, all threads of the process. */
  cpuPerEvent: async (): Promise<number> => {
    const { user, system } = process.cpuUsage(ready);
    return (user + system) / (await app.get(AuditService).stats()).delivered;
  },
};
export type DrainerApi = typeof api;
serve(api);
