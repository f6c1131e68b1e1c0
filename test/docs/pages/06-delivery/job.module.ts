import { Module } from '@nestjs/common';
import { AuditModule, memoryOutbox, workosFromEnv } from 'nestjs-workos-audit';
import { CleanUpService } from './clean-up.service.js';

/** What the chapter leaves to the reader: the module of the job. */
@Module({
  imports: [AuditModule.forRootAsync({ useFactory: () => ({ workos: workosFromEnv(), outbox: memoryOutbox() }) })],
  providers: [CleanUpService],
})
export class JobModule {}
