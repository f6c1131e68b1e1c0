import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { LocalWorkOSConfig } from '../local-workos.options.js';
import { needsNoApiKey } from './api-key.guard.js';
import { ApiError, defaultErrorBody } from './api-error.js';
import { TokenBucket } from './token-bucket.js';

/** 429 above `ratePerMinute`, counted per API key as WorkOS does. [https://workos.com/docs/reference/rate-limits] */
@Injectable()
export class RateGuard implements CanActivate {
  readonly #bucket?: TokenBucket;

  constructor(
    private readonly reflector: Reflector,
    private readonly config: LocalWorkOSConfig,
  ) {
    const { ratePerMinute, rateBurst } = config;
    if (ratePerMinute !== undefined) this.#bucket = new TokenBucket(rateBurst ?? ratePerMinute, ratePerMinute / 60);
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.#bucket === undefined || needsNoApiKey(this.reflector, context)) return true;
    const wait = this.#bucket.take();
    if (wait === 0) return true;
    const headers: Record<string, string> = this.config.rateRetryAfter ? { 'Retry-After': `${Math.ceil(wait)}` } : {};
    throw new ApiError(429, defaultErrorBody(429), `above ${this.config.ratePerMinute} requests a minute`, headers);
  }
}
