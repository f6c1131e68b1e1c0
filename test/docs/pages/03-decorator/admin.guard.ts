import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

/** What the chapter leaves to the reader: who may. */
@Injectable()
export class AdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-role'] === 'admin';
  }
}
