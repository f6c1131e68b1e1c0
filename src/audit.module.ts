import {
  ConfigurableModuleBuilder,
  Global,
  Inject,
  Logger,
  type MiddlewareConsumer,
  Module,
  type NestModule,
} from '@nestjs/common';
import { DiscoveryModule, HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { Counters } from './audit.counters.js';
import { DenialGuard, putFirst } from './audit.denied.js';
import { AuditHooks } from './audit.hooks.js';
import { openRequestScopes } from './audit.http.js';
import { AuditLifecycle } from './audit.lifecycle.js';
import { LogThrottle } from './audit.log.js';
import type { AuditModuleOptions } from './audit.options.js';
import { type ResolvedAuditOptions, resolveAuditOptions } from './audit.options.resolved.js';
import { AuditRecorder } from './audit.recorder.js';
import { AuditScopes } from './audit.scope.js';
import { AuditService } from './audit.service.js';
import {
  AUDIT_DISPATCHER,
  AUDIT_EXPLORER,
  AUDIT_MODULE_OPTIONS,
  AUDIT_OPEN_TELEMETRY,
  AUDIT_OPTIONS,
  AUDIT_OUTBOX,
  AUDIT_RECORDER,
  AUDIT_SCOPES,
  AUDIT_STAND_IN,
  AUDIT_WORKOS,
} from './audit.tokens.js';
import { AuditExports } from './exports/audit-exports.js';
import { AuditLogStreams } from './streams/audit-log-streams.js';
import { HandlerExplorer } from './catalogue/handler.explorer.js';
import { Dispatcher } from './delivery/dispatcher.js';
import { DirectoryGroupsService } from './directory/directory-groups.service.js';
import { AuditMetrics } from './telemetry/metrics.js';
import { loadOpenTelemetry, type OpenTelemetry, untraced } from './telemetry/open-telemetry.js';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<AuditModuleOptions>({
  moduleName: 'Audit',
  optionsInjectionToken: AUDIT_MODULE_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createAuditOptions')
  .build();

/**
 * Audit logs for a NestJS application. Import it once, in the root module; it is global.
 *
 * @example
 * AuditModule.forRoot({ workos: { apiKey: process.env.WORKOS_API_KEY }, events: auditEvents })
 * @example
 * AuditModule.forRootAsync({ inject: [ConfigService], useFactory: (config: ConfigService) => ({ workos: { apiKey: config.get('WORKOS_API_KEY') } }) })
 *
 * @throws AuditConfigurationError at boot, when the options or an `@Audited` cannot work.
 */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: AUDIT_OPEN_TELEMETRY,
      useFactory: () => loadOpenTelemetry(),
    },
    {
      provide: AuditMetrics,
      inject: [AUDIT_OPTIONS, AUDIT_OPEN_TELEMETRY],
      useFactory: ({ events }: ResolvedAuditOptions, otel: OpenTelemetry | undefined) => {
        const throttle = new LogThrottle((message) => new Logger('AuditModule').warn(message));
        return new AuditMetrics(otel, events?.actions, (message) => throttle.log(message));
      },
    },
    {
      provide: Counters,
      inject: [AuditMetrics],
      useFactory: (metrics: AuditMetrics) => new Counters((counter, action) => metrics.count(counter, action)),
    },
    {
      provide: AuditHooks,
      inject: [AUDIT_OPTIONS],
      useFactory: (options: ResolvedAuditOptions) => new AuditHooks(options, new Logger('AuditModule')),
    },
    { provide: AUDIT_EXPLORER, useClass: HandlerExplorer },
    AuditLifecycle,
    AuditService,
    DirectoryGroupsService,
    {
      provide: AUDIT_OPTIONS,
      inject: [
        // Optional, so that a plain `imports: [AuditModule]` is told what is missing.
        { token: AUDIT_MODULE_OPTIONS, optional: true },
        { token: AUDIT_STAND_IN, optional: true },
      ],
      useFactory: resolveAuditOptions,
    },
    { provide: AUDIT_SCOPES, useClass: AuditScopes },
    { provide: AUDIT_WORKOS, inject: [AUDIT_OPTIONS], useFactory: ({ api }: ResolvedAuditOptions) => api },
    AuditLogStreams,
    AuditExports,
    { provide: AUDIT_OUTBOX, inject: [AUDIT_OPTIONS], useFactory: ({ outbox }: ResolvedAuditOptions) => outbox },
    {
      provide: AUDIT_RECORDER,
      inject: [AUDIT_OPTIONS, Counters, AuditHooks],
      useFactory: (options: ResolvedAuditOptions, counters: Counters, hooks: AuditHooks) =>
        new AuditRecorder(options, counters, hooks),
    },
    {
      provide: AUDIT_DISPATCHER,
      inject: [AUDIT_OPTIONS, Counters, AuditHooks, AUDIT_OPEN_TELEMETRY],
      useFactory: (
        { outbox, sender, delivery }: ResolvedAuditOptions,
        counters: Counters,
        hooks: AuditHooks,
        otel: OpenTelemetry | undefined,
      ) =>
        new Dispatcher(
          outbox,
          { send: (entry) => untraced(otel, () => sender.send(entry)) },
          counters,
          hooks,
          new Logger('AuditModule'),
          // Longer than two attempts may take, so that no entry comes back while it is being sent.
          { ...delivery, leaseMs: 2 * delivery.timeoutMs + 10_000 },
        ),
    },
  ],
  exports: [
    AuditService,
    DirectoryGroupsService,
    AuditLogStreams,
    AuditExports,
    AUDIT_RECORDER,
    AUDIT_SCOPES,
    AUDIT_OUTBOX,
    AUDIT_EXPLORER,
  ],
})
export class AuditModule extends ConfigurableModuleClass implements NestModule {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    @Inject(AUDIT_SCOPES) private readonly scopes: AuditScopes,
    @Inject(AUDIT_RECORDER) private readonly recorder: AuditRecorder,
    @Inject(AUDIT_EXPLORER) private readonly explorer: HandlerExplorer,
    private readonly moduleRef: ModuleRef,
  ) {
    super();
    explorer.placeInnermost();
  }

  configure(_consumer: MiddlewareConsumer): void {
    openRequestScopes(this.adapterHost.httpAdapter, this.scopes);
    if (this.explorer.handlers().some(({ declarations }) => declarations.some(({ options }) => options.denied))) {
      putFirst(new DenialGuard(this.recorder, this.scopes.arrived), this.moduleRef);
    }
  }
}
