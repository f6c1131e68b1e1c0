import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { FriendlyException } from '../web/page.exception.js';
import { isAdmin, type SignedInRequest } from './session.js';

/** Stands behind `SsoGuard`: lets in who administers their organization. */
@Injectable()
export class AdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<SignedInRequest>();
    if (isAdmin(user)) return true;
    throw new FriendlyException(
      403,
      'This is for administrators',
      `Ask whoever administers ${user.organizationName}. If that is you, sign in again: your role may be new.`,
    );
  }
}
