import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ExportController } from './export.controller.js';
import { SettingsController } from './settings.controller.js';
import { SettingsPage } from './settings.page.js';

/** `AuditLogStreams` and `AuditExports` need no import: the audit module is global. */
@Module({
  imports: [AuthModule],
  controllers: [SettingsController, ExportController],
  providers: [SettingsPage],
})
export class SettingsModule {}
