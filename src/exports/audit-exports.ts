import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { AuditUsageError } from '../audit.errors.js';
import { AUDIT_WORKOS } from '../audit.tokens.js';
import { describeValue } from '../event/text.js';
import { WorkOSApi } from '../workos/workos.api.js';
import { downloadExport } from './export.download.js';
import { type AuditExport, exportRequest, readExport } from './export.js';
import { type AuditExportOptions, createRequest } from './export.request.js';
import { type AuditExportRow, readRows } from './export.rows.js';
import { type AuditExportWaitOptions, waitForExport } from './export.wait.js';

/**
 * Exports of an organization's trail as CSV: the only way to read events back from WorkOS by program. One that was asked for
 * twice is made twice, since WorkOS knows no idempotency key here; that costs nothing but time.
 *
 * @example
 * const { id } = await exports.create({ organizationId: 'org_1', from: new Date('2026-11-01'), to: new Date() });
 * await exports.wait(id);
 * for await (const { action, actor, occurredAt } of exports.rows(id)) console.log(action, actor.id, occurredAt);
 */
@Injectable()
export class AuditExports {
  constructor(@Inject(AUDIT_WORKOS) private readonly workos: WorkOSApi) {}

  /**
   * Asks WorkOS for an export. It is `pending` at first: `wait` for it.
   *
   * @throws AuditUsageError for a range that cannot be: not forwards, in the future, more than three months ago.
   * AuditWorkOSError: `export_empty` when no event matches, `organization_not_found`, `export_range`, `unauthorized`,
   * `unavailable`, …
   */
  async create(options: AuditExportOptions, { signal }: { readonly signal?: AbortSignal } = {}): Promise<AuditExport> {
    const request = createRequest(options);
    return readExport(request.what, await this.workos.ask(request, signal));
  }

  /** The export as it is now, with a new link if it is ready. @throws AuditWorkOSError: `export_not_found`, … */
  async get(id: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<AuditExport> {
    const request = exportRequest(idOf(id, 'get'));
    return readExport(request.what, await this.workos.ask(request, signal));
  }

  /**
   * Resolves once the export is ready. Asks every half second at first and every ten seconds later on; a question that fails
   * is asked again.
   *
   * @throws AuditWorkOSError: `export_failed`, `export_expired`, `export_not_found`, `export_timeout`, `unauthorized`; the
   * signal's reason when it is aborted
   */
  async wait(id: string, options: AuditExportWaitOptions = {}): Promise<AuditExport> {
    return waitForExport(this.workos, idOf(id, 'wait'), options);
  }

  /**
   * The CSV of an export that is ready, whole or with an error, never cut in silence. A link that has expired is renewed; a
   * download that breaks goes on where it was, if the file's server can do that and the file is still the same.
   *
   * @example
   * return new StreamableFile(await exports.stream(id), { type: 'text/csv', disposition: 'attachment; filename="trail.csv"' });
   *
   * @throws AuditWorkOSError: `export_pending`, `export_expired`, `export_not_found`, `unavailable`, …; `export_broken` as an
   * error of the stream
   */
  async stream(id: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Readable> {
    return downloadExport(this.workos, idOf(id, 'stream'), signal);
  }

  /**
   * The events of an export that is ready, one by one, in constant memory.
   *
   * @throws as `stream`, and AuditWorkOSError `export_broken` for a CSV that is damaged or has other columns
   */
  rows(id: string, { signal }: { readonly signal?: AbortSignal } = {}): AsyncIterable<AuditExportRow> {
    return readRows(() => this.stream(id, { signal }));
  }

  /**
   * `create`, `wait` and `stream` in one.
   *
   * @example
   * return new StreamableFile(await exports.download({ organizationId, from, to }), { type: 'text/csv' });
   *
   * @throws as these three
   */
  async download(options: AuditExportOptions, wait: AuditExportWaitOptions = {}): Promise<Readable> {
    const { signal } = wait;
    const { id } = await this.create(options, { signal });
    await this.wait(id, wait);
    return this.stream(id, { signal });
  }
}

function idOf(value: unknown, method: string): string {
  if (typeof value === 'string' && /^[\w-]+$/.test(value)) return value;
  throw new AuditUsageError(
    `${method}(): the id of the export is ${describeValue(value)}; give the one that create() returned (audit_log_export_…).`,
  );
}
