import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { CSRF_FIELD } from '../web/csrf-field.view.js';
import { field } from '../web/form.js';
import { FriendlyException } from '../web/page.exception.js';
import { sameSecret } from './secrets.js';
import type { SignedInRequest } from './session.js';

/**
 * Stands behind `SsoGuard`: what changes something must come from a form of this blog, which alone knows the token of the
 * session. (SameSite alone is not enough: a neighbour on another subdomain is the same site.)
 */
@Injectable()
export class CsrfGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<SignedInRequest>();
    if (request.method === 'GET' || request.method === 'HEAD') return true;
    if (sameSecret(field(request.body, CSRF_FIELD), request.csrfToken)) return true;
    throw new FriendlyException(
      403,
      'This form is out of date',
      'It was made before you last signed in, or by another site. Open the page again and repeat what you did.',
    );
  }
}
