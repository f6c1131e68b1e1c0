import { AsyncLocalStorage } from 'node:async_hooks';
import type { INestApplication } from '@nestjs/common';
import type { Mounted, Platform } from './variants.js';

type Hook = (request: unknown, response: unknown, next: () => void) => void;

/** The part of Fastify that is used. */
interface FastifyLike {
  addHook(name: 'preHandler', hook: Hook): unknown;
}

const storage = new AsyncLocalStorage<object>();
const nothing = {};

const hooks: Record<Mounted, Hook> = {
  middleware: (_request, _response, next) => next(),
  storage: (_request, _response, next) => storage.run(nothing, next),
};

/** Puts it where the module puts its own: on the server itself. */
export function mount(app: INestApplication, platform: Platform, mounted: Mounted): void {
  if (platform === 'express') app.use(hooks[mounted]);
  else (app.getHttpAdapter().getInstance() as FastifyLike).addHook('preHandler', hooks[mounted]);
}
