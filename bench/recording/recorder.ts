import 'reflect-metadata';
import { readdirSync, statSync } from 'node:fs';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditModule, AuditService, defineAuditEvents, systemActor } from 'nestjs-workos-audit';
import { serve, settingsOf } from '../support/child.js';
import { type Cpu, cpu, cpuEach } from '../support/cpu.js';
import { type Memory, memory } from '../support/memory.js';
import { folder, type OutboxName, outboxNamed } from '../support/outboxes.js';

export interface RecorderSettings {
  readonly outbox: OutboxName;
  readonly workosPort: number;
}

export interface Recorded {
  /** For each event. */
  readonly cpu: Cpu;
  readonly perSecond: number;
}

export interface WaitingEvents extends Memory {
  readonly waiting: number;
  /** Of the outbox's files. */
  readonly diskBytes: number;
}

const { outbox, workosPort } = settingsOf<RecorderSettings>();
const workos = { apiKey: 'sk_test_bench', apiHostname: '127.0.0.1', port: workosPort, https: false };
const events = defineAuditEvents({
  'report.create': { targets: ['report', 'user'], metadata: { title: 'string', pages: 'number' } },
});

class RecorderModule {}
Module({ imports: [AuditModule.forRoot({ workos, events, outbox: await outboxNamed(outbox) })] })(RecorderModule);
const app = await NestFactory.createApplicationContext(RecorderModule, { logger: false });
const audit = app.get(AuditService);
const actor = systemActor('nightly-report', {
  organizationId: 'org_01HQ3ZV9DVBN8XQ6CJ0WJ3K2AB',
  name: 'Nightly report',
});

let last = 0;

/** Records one event after the other, in as many places at a time. */
async function record(count: number, places: number): Promise<Recorded> {
  const start = performance.now();
  const before = cpu();
  const end = last + count;
  await audit.runAs(actor, () => Promise.all(Array.from({ length: places }, () => recordUntil(end))));
  return { cpu: cpuEach(before, cpu(), count), perSecond: count / ((performance.now() - start) / 1_000) };
}

async function recordUntil(end: number): Promise<void> {
  while (last < end) {
    last += 1;
    await audit.record('report.create', {
      targets: { report: { id: `report_${last}`, name: 'Revenue by region' } },
      metadata: { title: `Revenue by region, edition ${last}`, pages: 12 },
    });
  }
}

async function waiting(): Promise<WaitingEvents> {
  const { pending, leased, dropped } = await audit.stats();
  if (dropped > 0) throw new Error(`${dropped} events were dropped`);
  return { ...(await memory()), waiting: pending + leased, diskBytes: diskBytes() };
}

function diskBytes(): number {
  const own = `${folder}${process.pid}/`;
  const files = outbox.startsWith('SQLite') ? readdirSync(own) : [];
  return files.reduce((sum, file) => sum + statSync(own + file).size, 0);
}

const api = { record, waiting };
export type RecorderApi = typeof api;
serve(api);
