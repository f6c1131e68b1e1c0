import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiError, notFound } from '../http/api-error.js';
import { NoApiKey } from '../http/api-key.guard.js';
import type { LocalRequest, LocalResponse } from '../http/local-request.js';
import { type ListQuery, first } from '../http/paging.js';
import { LocalWorkOSConfig } from '../local-workos.options.js';
import { Organizations } from '../organizations/organizations.js';
import { toCsv } from './csv.js';
import { readExportBody } from './export.body.js';
import { type Export, Exports } from './exports.js';
import { sendCsv } from './send-csv.js';
import { Trail } from './trail.js';

/** `/audit_logs/exports`, and the download that a ready export points to. */
@Controller()
export class ExportsController {
  constructor(
    private readonly config: LocalWorkOSConfig,
    private readonly organizations: Organizations,
    private readonly trail: Trail,
    private readonly exports: Exports,
  ) {}

  @Post('audit_logs/exports')
  create(@Body() body: unknown) {
    const { organizationId, matches } = readExportBody(body);
    if (this.organizations.find(organizationId) === undefined) {
      // The OpenAPI document has no 404 here, only 400.
      throw new ApiError(400, { message: `Organization not found: '${organizationId}'.` });
    }
    const events = this.trail.events.filter(matches);
    if (events.length === 0) throw new ApiError(400, { message: 'Export failed: no audit log events found.' });
    return this.show(this.exports.add(events));
  }

  @Get('audit_logs/exports/:id')
  read(@Param('id') id: string) {
    const found = this.exports.find(id);
    if (found === undefined) throw notFound('Audit Log Export', id);
    return this.show(found);
  }

  @Get('_exports/:file')
  @NoApiKey()
  download(
    @Param('file') file: string,
    @Query() query: ListQuery,
    @Req() request: LocalRequest,
    @Res() response: LocalResponse,
  ): void {
    const id = file.replace(/\.csv$/, '');
    const found = this.exports.find(id);
    const signature = first(query, 'signature') ?? '';
    if (found === undefined || !this.exports.allows(id, Number(first(query, 'expires')), signature)) {
      throw new ApiError(403, { message: 'This download link has expired; fetch the export again for a new one.' });
    }
    response.setHeader('Content-Disposition', `attachment; filename="${id}.csv"`);
    sendCsv(request, response, toCsv(found.events));
  }

  private show(found: Export) {
    const { id, createdAt } = found;
    const { state, since } = this.exports.stateOf(found);
    return {
      object: 'audit_log_export',
      id,
      state,
      url: state === 'ready' ? this.config.url + this.exports.link(id) : null,
      created_at: createdAt.toISOString(),
      updated_at: since.toISOString(),
    };
  }
}
