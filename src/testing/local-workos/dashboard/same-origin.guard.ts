import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ApiError } from '../http/api-error.js';
import type { LocalRequest } from '../http/local-request.js';

/**
 * Refuses what a page of another site sends: browsers name their origin on every POST, and `Sec-Fetch-Site` says the
 * same again. Programs send neither and pass. (The Host header is checked at the front door.)
 */
@Injectable()
export class SameOriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<LocalRequest>();
    const site = headers['sec-fetch-site'] ?? 'same-origin';
    const isSameOrigin = headers.origin === undefined || headers.origin === `http://${headers.host}`;
    if (isSameOrigin && (site === 'same-origin' || site === 'none')) return true;
    throw new ApiError(403, { message: 'Only the page of this LocalWorkOS itself may do this.' });
  }
}
