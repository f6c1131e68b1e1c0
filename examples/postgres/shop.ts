import 'reflect-metadata';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { ShopConfig } from './shop.config.js';

/** Makes the shop, not listening yet: `main.ts` serves it, tests do too. */
export function createShop(config: ShopConfig, options: NestApplicationOptions = {}): Promise<NestExpressApplication> {
  return NestFactory.create<NestExpressApplication>(AppModule.with(config), {
    logger: ['fatal', 'error', 'warn'],
    abortOnError: false,
    forceCloseConnections: true,
    ...options,
  });
}
