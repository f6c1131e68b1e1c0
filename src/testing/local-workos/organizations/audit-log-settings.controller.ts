import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { unprocessable } from '../http/api-error.js';
import { isJsonObject, own } from '../json.js';
import { LogStreams } from '../streams/log-streams.js';
import { configurationJson } from './organization.json.js';
import { Organizations } from './organizations.js';

const PERIOD = /^(?:(1)_MONTH|([2-9]|1[01])_MONTHS|(1)_YEAR|([2-9]|10)_YEARS)$/;

/** Retention and configuration of an organization's audit log. */
@Controller('organizations/:id')
export class AuditLogSettingsController {
  constructor(
    private readonly organizations: Organizations,
    private readonly streams: LogStreams,
  ) {}

  @Get('audit_logs_retention')
  retention(@Param('id') id: string) {
    return { retention_period_in_days: this.organizations.get(id).retentionDays };
  }

  @Put('audit_logs_retention')
  setRetention(@Param('id') id: string, @Body() body: unknown) {
    const organization = this.organizations.get(id);
    organization.retentionDays = readDays(body);
    return { retention_period_in_days: organization.retentionDays };
  }

  @Get('audit_log_configuration')
  configuration(@Param('id') id: string) {
    const organization = this.organizations.get(id);
    return configurationJson(organization, this.streams.view(organization));
  }
}

/** Both spellings: days as the OpenAPI document has it, a period as SDK 11 sends it. */
function readDays(body: unknown): number {
  const given = isJsonObject(body) ? body : {};
  const days = own(given, 'retention_period_in_days');
  if (days === 30 || days === 365) return days;
  const [match, month, months, year, years] = PERIOD.exec(String(own(given, 'retention_period'))) ?? [];
  if (match !== undefined) return Number(month ?? months ?? 0) * 30 + Number(year ?? years ?? 0) * 365;
  throw unprocessable('retention_period_in_days must be 30 or 365');
}
