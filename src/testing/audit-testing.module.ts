import { type DynamicModule, Global, Inject, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { AuditConfigurationError } from '../audit.errors.js';
import { AuditModule } from '../audit.module.js';
import type { AuditModuleOptions } from '../audit.options.js';
import { AUDIT_STAND_IN } from '../audit.tokens.js';
import { RecordedAudit } from './recorded/recorded-audit.js';
import { Recording } from './recorded/recording.js';

/**
 * Imported beside an application's own modules, it lets their `AuditModule` record into memory: its outbox is never opened,
 * and nothing is sent. All else is the application's own: actor, targets, limits, catalogue, schema versions, guarantee.
 * What is recorded is in {@link RecordedAudit}.
 *
 * @example
 * const module = await Test.createTestingModule({ imports: [AppModule, AuditTestingModule] }).compile();
 * const audit = module.get(RecordedAudit);
 * @throws AuditConfigurationError at boot, when there is no `AuditModule` whose events it could record
 */
@Global()
@Module({
  providers: [
    Recording,
    { provide: AUDIT_STAND_IN, useExisting: Recording },
    { provide: RecordedAudit, inject: [Recording], useFactory: (recording: Recording) => new RecordedAudit(recording) },
  ],
  exports: [AUDIT_STAND_IN, RecordedAudit],
})
export class AuditTestingModule implements OnModuleInit {
  constructor(@Inject(Recording) private readonly recording: Recording) {}

  /**
   * With an `AuditModule` of its own, for a test of some controllers and providers without the module that imports it.
   *
   * @example
   * Test.createTestingModule({ imports: [AuditTestingModule.forRoot({ events: auditEvents })], controllers: [PostsController] })
   */
  static forRoot(options: Omit<AuditModuleOptions, 'workos' | 'outbox'> = {}): DynamicModule {
    const audit = AuditModule.forRoot({ ...options, workos: { apiKey: undefined } });
    return { module: AuditTestingModule, imports: [audit] };
  }

  onModuleInit(): void {
    if (!this.recording.attached) {
      throw new AuditConfigurationError('AuditTestingModule', [
        'there is no AuditModule in this application whose events it could record. Import the module that imports ' +
          'AuditModule as well, or write AuditTestingModule.forRoot({ events })',
      ]);
    }
    if (process.env.NODE_ENV === 'production') {
      new Logger('AuditTestingModule').error('Audit events are kept in memory and sent to nobody. This is for tests.');
    }
  }
}
