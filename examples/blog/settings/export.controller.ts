import { Body, Controller, Header, HttpCode, Post, Req, Res, StreamableFile, UseGuards } from '@nestjs/common';
import type { Response } from 'express';
import { Audited, AuditExports, AuditService, AuditWorkOSError } from 'nestjs-workos-audit';
import { AdminGuard } from '../auth/admin.guard.js';
import { CsrfGuard } from '../auth/csrf.guard.js';
import type { SignedInRequest } from '../auth/session.js';
import { SsoGuard } from '../auth/sso.guard.js';
import { PageException } from '../web/page.exception.js';
import { LEADING_AWAY_POLICY } from '../web/security-headers.js';
import { type DayRange, faultsOf, momentsOf, readRange } from './export.range.js';
import { report } from './failure.js';
import { organization } from './organization.target.js';
import { type ExportForm, SettingsPage } from './settings.page.js';

/** How long somebody waits for the file. */
const TIMEOUT_MS = 60_000;

/** The trail as a file. */
@Controller('settings/export')
@UseGuards(SsoGuard, AdminGuard, CsrfGuard)
export class ExportController {
  constructor(
    private readonly exports: AuditExports,
    private readonly audit: AuditService,
    private readonly page: SettingsPage,
  ) {}

  /**
   * Asks for an export, waits for it, and hands it on as it comes, however large it is. With `write-ahead` nobody takes the
   * trail out of the house without an entry in it: where that cannot be kept, the answer is 503.
   */
  @Post()
  @HttpCode(200)
  @Header('Content-Security-Policy', LEADING_AWAY_POLICY)
  @Audited('audit_log.export_requested', { targets: { organization }, guarantee: 'write-ahead' })
  async download(
    @Body() form: unknown,
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    const range = readRange(form);
    const faults = faultsOf(range);
    if (Object.keys(faults).length > 0) throw await this.#refused(request, 422, { range, faults });
    const moments = momentsOf(range);
    this.audit.annotate({ metadata: moments });
    const signal = closingOf(response);
    const csv = await this.exports
      .download({ organizationId: request.user.organizationId, ...moments }, { signal, timeoutMs: TIMEOUT_MS })
      .catch(async (error: unknown) => {
        throw signal.aborted ? error : await this.#failed(request, range, error);
      });
    const name = `audit-trail-${range.from}-to-${range.to}.csv`;
    return new StreamableFile(csv, { type: 'text/csv; charset=utf-8', disposition: `attachment; filename="${name}"` });
  }

  async #failed(request: SignedInRequest, range: DayRange, error: unknown): Promise<PageException> {
    const code = error instanceof AuditWorkOSError ? error.code : undefined;
    if (code === 'export_empty') {
      return this.#refused(request, 422, { range, faults: { from: 'Nothing happened in these days.' } });
    }
    report(error);
    const failure =
      code === 'export_timeout'
        ? 'WorkOS is still at it after a minute. Choose fewer days, or try again later.'
        : 'WorkOS cannot make the file right now. Please try again in a minute.';
    return this.#refused(request, 503, { range, faults: {}, failure });
  }

  async #refused(request: SignedInRequest, status: number, form: ExportForm): Promise<PageException> {
    return new PageException(status, await this.page.render(request, { export: form }));
  }
}

/** Aborted when whoever asked has left. */
function closingOf(response: Response): AbortSignal {
  const closing = new AbortController();
  response.once('close', () => closing.abort());
  return closing.signal;
}
