import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { BlogConfig } from '../core/blog.config.js';
import { AuthController } from './auth.controller.js';
import { AuthKitController } from './authkit/authkit.controller.js';
import { AuthKitService } from './authkit/authkit.service.js';
import { AuthKitSessions } from './authkit/authkit.sessions.js';
import { HomeController } from './home.controller.js';
import { MembershipsRepository } from './memberships.repository.js';
import { OrganizationsRepository } from './organizations.repository.js';
import { OrganizationsService } from './organizations.service.js';
import { Sessions } from './sessions.js';
import { SignInPage } from './sign-in.page.js';
import { SsoService } from './sso.service.js';
import { SsoSessions } from './sso.sessions.js';
import { UsersService } from './users.service.js';
import { WebhooksController } from './webhooks.controller.js';

/** The two ways to sign in, of which the configuration chooses one. */
const WAYS = {
  sso: {
    controllers: [AuthController],
    providers: [SsoService, SsoSessions, { provide: Sessions, useExisting: SsoSessions }],
  },
  authkit: {
    controllers: [AuthKitController],
    providers: [AuthKitService, AuthKitSessions, { provide: Sessions, useExisting: AuthKitSessions }],
  },
};

/** How people sign in, and who is signed in: global, because the guards of every module ask. */
@Global()
@Module({})
export class SignInModule {
  static with({ auth = 'sso' }: BlogConfig): DynamicModule {
    const { controllers, providers } = WAYS[auth];
    return {
      module: SignInModule,
      controllers: [HomeController, WebhooksController, ...controllers],
      providers: [
        OrganizationsService,
        UsersService,
        MembershipsRepository,
        OrganizationsRepository,
        SignInPage,
        ...providers,
      ],
      exports: [Sessions],
    };
  }
}
