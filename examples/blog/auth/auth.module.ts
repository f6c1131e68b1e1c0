import { Module } from '@nestjs/common';
import { AdminGuard } from './admin.guard.js';
import { CsrfGuard } from './csrf.guard.js';
import { SsoGuard } from './sso.guard.js';

/** The guards, for modules whose pages are for people who are signed in. */
@Module({
  providers: [SsoGuard, CsrfGuard, AdminGuard],
  exports: [SsoGuard, CsrfGuard, AdminGuard],
})
export class AuthModule {}
