import 'reflect-metadata';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { BlogConfig } from './core/blog.config.js';
import { securityHeaders } from './web/security-headers.js';

/** Makes the blog, not listening yet: `main.ts` serves it, tests do too. */
export async function createBlog(
  config: BlogConfig,
  options: NestApplicationOptions = {},
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(config), {
    logger: ['fatal', 'error', 'warn'],
    bodyParser: false,
    // The signature of a webhook is made over the bytes of its body.
    rawBody: true,
    abortOnError: false,
    ...options,
  });
  app.disable('x-powered-by');
  // Decides what `request.ip` is, and so where an audit event comes from.
  app.set('trust proxy', config.trustProxy ?? false);
  app.use(securityHeaders(config.baseUrl));
  app.useBodyParser('urlencoded', { extended: false, limit: '64kb' });
  app.useBodyParser('json', { limit: '1mb' });
  return app;
}
