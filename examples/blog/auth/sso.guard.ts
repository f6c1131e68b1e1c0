import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import type { Response } from 'express';
import type { SignedInRequest } from './session.js';
import { Sessions } from './sessions.js';

/** Lets people in who are signed in, and puts them on `request.user`. */
@Injectable()
export class SsoGuard implements CanActivate {
  constructor(private readonly sessions: Sessions) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<SignedInRequest>();
    const found = await this.sessions.find(request, http.getResponse<Response>());
    if (!found) throw new UnauthorizedException();
    Object.assign(request, found);
    return true;
  }
}
