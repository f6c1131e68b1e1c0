import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { LocalWorkOSConfig } from '../local-workos.options.js';
import { ApiError } from './api-error.js';
import type { LocalRequest } from './local-request.js';

const PUBLIC = 'local-workos:public';

/** Marks a controller or handler that needs no API key: pages, and what checks credentials of its own. */
export const NoApiKey = () => SetMetadata(PUBLIC, true);

/** Whether a handler is marked so. */
export function needsNoApiKey(reflector: Reflector, context: ExecutionContext): boolean {
  return reflector.getAllAndOverride<boolean>(PUBLIC, [context.getHandler(), context.getClass()]) ?? false;
}

/** 401 without the API key as a bearer token. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly config: LocalWorkOSConfig,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (needsNoApiKey(this.reflector, context)) return true;
    const { authorization } = context.switchToHttp().getRequest<LocalRequest>().headers;
    if (authorization === `Bearer ${this.config.apiKey}`) return true;
    const reason = authorization === undefined ? 'no Authorization header' : "not this LocalWorkOS's API key";
    throw new ApiError(401, { message: 'Unauthorized' }, reason);
  }
}
