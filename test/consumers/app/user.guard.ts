import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

/** Stands for the SSO guard of an application. */
@Injectable()
export class UserGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ user?: unknown }>();
    request.user = {
      id: 'user_ada',
      name: 'Ada Lovelace',
      organizationId: 'org_local',
      groups: [{ id: 'group_eng', name: 'Engineering' }],
    };
    return true;
  }
}
