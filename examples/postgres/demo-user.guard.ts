import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

/** What the audit module finds on `request.user`. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly organizationId: string;
}

/** Stands for the guard of your application: everybody is Ada here. How one signs in, the blog beside this shows. */
@Injectable()
export class DemoUserGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ user?: User }>();
    request.user = { id: 'user_ada', name: 'Ada Lovelace', organizationId: 'org_local' };
    return true;
  }
}
