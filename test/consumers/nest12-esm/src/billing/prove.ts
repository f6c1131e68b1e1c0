import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { application } from '../application.js';
import { InvoicesController } from './invoices.controller.js';

const here = createRequire(import.meta.url).resolve('nestjs-workos-audit');
assert.match(here, /billing\/node_modules/, 'there is one copy only');

const { audit, workos } = await application();
@Module({ imports: [audit], controllers: [InvoicesController] })
class Root {}
const app = await NestFactory.create(Root, { logger: ['error', 'warn'] });
await app.listen(0, '127.0.0.1');
const answer = await fetch(`${await app.getUrl()}/invoices`, { method: 'POST' });
assert.deepEqual(await answer.json(), { data: { id: 'invoice_1' } });
const event = await workos.waitFor(({ action }) => action === 'post.create');
assert.equal(event.targets.find(({ type }) => type === 'post')?.id, 'invoice_1');
await app.close();
await workos.close();
process.stdout.write(`${workos.events.length} event\n`);
