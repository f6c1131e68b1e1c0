import { Module } from '@nestjs/common';
import { AdminGuard } from './admin.guard.js';
import { AuthController } from './auth.controller.js';
import { CsrfGuard } from './csrf.guard.js';
import { GroupsService } from './groups.service.js';
import { HomeController } from './home.controller.js';
import { MembershipsRepository } from './memberships.repository.js';
import { OrganizationsRepository } from './organizations.repository.js';
import { SignInPage } from './sign-in.page.js';
import { SsoGuard } from './sso.guard.js';
import { SsoService } from './sso.service.js';

@Module({
  controllers: [HomeController, AuthController],
  providers: [
    SsoService,
    GroupsService,
    MembershipsRepository,
    OrganizationsRepository,
    SignInPage,
    SsoGuard,
    CsrfGuard,
    AdminGuard,
  ],
  exports: [MembershipsRepository, OrganizationsRepository, SsoGuard, CsrfGuard, AdminGuard],
})
export class AuthModule {}
