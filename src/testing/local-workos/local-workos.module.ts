import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { EventsController } from './audit-logs/events.controller.js';
import { ExportsController } from './audit-logs/exports.controller.js';
import { Exports } from './audit-logs/exports.js';
import { Idempotency } from './audit-logs/idempotency.js';
import { Schemas } from './audit-logs/schema.js';
import { SchemasController } from './audit-logs/schemas.controller.js';
import { Trail } from './audit-logs/trail.js';
import { DASHBOARD_CONTROLLERS, dashboardProviders } from './dashboard/dashboard.js';
import { AuthKitController } from './authkit/authkit.controller.js';
import { AuthKitSessions } from './authkit/sessions.js';
import { SigningKey } from './authkit/signing-key.js';
import { Directories } from './directory/directories.js';
import { DirectoryController } from './directory/directory.controller.js';
import { DirectoryUsersController } from './directory/directory-users.controller.js';
import { Faults } from './faults/faults.js';
import { ApiErrorFilter } from './http/api-error.filter.js';
import { ApiKeyGuard } from './http/api-key.guard.js';
import { BodyGuard } from './http/body.guard.js';
import { RateGuard } from './http/rate.guard.js';
import { Traffic } from './http/traffic.js';
import { LocalWorkOSConfig } from './local-workos.options.js';
import type { LocalWorkOSState } from './local-workos.state.js';
import { AuditLogSettingsController } from './organizations/audit-log-settings.controller.js';
import { OrganizationsController } from './organizations/organizations.controller.js';
import { Organizations } from './organizations/organizations.js';
import { PortalController } from './portal/portal.controller.js';
import { PortalPagesController } from './portal/portal-pages.controller.js';
import { PortalVisits } from './portal/portal.visits.js';
import { AuthorizeController } from './sso/authorize.controller.js';
import { Grants } from './sso/grants.js';
import { SignIns } from './sso/sign-ins.js';
import { TokenController } from './sso/token.controller.js';
import { LogStreams } from './streams/log-streams.js';

/** The endpoints, each over the same state. The guards run in this order: key, rate, body. */
export function localWorkOSModule(state: LocalWorkOSState): DynamicModule {
  return {
    module: LocalWorkOSModule,
    controllers: [
      EventsController,
      SchemasController,
      ExportsController,
      OrganizationsController,
      AuditLogSettingsController,
      AuthorizeController,
      TokenController,
      AuthKitController,
      DirectoryController,
      DirectoryUsersController,
      PortalController,
      PortalPagesController,
      ...DASHBOARD_CONTROLLERS,
    ],
    providers: [
      ...providersOf(state),
      PortalVisits,
      SignIns,
      { provide: APP_GUARD, useClass: ApiKeyGuard },
      { provide: APP_GUARD, useClass: RateGuard },
      { provide: APP_GUARD, useClass: BodyGuard },
      { provide: APP_FILTER, useClass: ApiErrorFilter },
    ],
  };
}

/** The name that the module needs. */
@Module({})
class LocalWorkOSModule {}

function providersOf(state: LocalWorkOSState): Provider[] {
  return [
    { provide: LocalWorkOSConfig, useValue: state.config },
    { provide: Traffic, useValue: state.traffic },
    { provide: Faults, useValue: state.faults },
    { provide: Trail, useValue: state.trail },
    { provide: Schemas, useValue: state.schemas },
    { provide: Idempotency, useValue: state.idempotency },
    { provide: Exports, useValue: state.exports },
    { provide: Organizations, useValue: state.organizations },
    { provide: LogStreams, useValue: state.streams },
    { provide: Directories, useValue: state.directories },
    { provide: Grants, useValue: state.grants },
    ...dashboardProviders(state),
    { provide: AuthKitSessions, useValue: state.authKit },
    { provide: SigningKey, useValue: state.signingKey },
  ];
}
