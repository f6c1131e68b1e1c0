import { Inject, Injectable } from '@nestjs/common';
import { AuditLogStreams, type AuditLogStreamStatus } from 'nestjs-workos-audit';
import type { SignedInRequest } from '../auth/session.js';
import { BLOG_CONFIG, type BlogConfig } from '../core/blog.config.js';
import { within } from '../core/within.js';
import { PageRenderer } from '../web/page.renderer.js';
import { type DayRange, type RangeFaults, usualRange } from './export.range.js';
import { exportView } from './export.view.js';
import { report } from './failure.js';
import { logStreamView } from './log-stream.view.js';
import type { RetentionFault } from './retention.js';
import { retentionView } from './retention.view.js';
import { settingsView } from './settings.view.js';

/** What the page has to tell beside how things are. */
export interface SettingsState {
  readonly message?: string;
  /** The form for the retention, if it was refused. */
  readonly retention?: { readonly days: number; readonly fault: RetentionFault };
  /** The form for the download, if it was refused. */
  readonly export?: ExportForm;
}

export interface ExportForm {
  readonly range: DayRange;
  readonly faults: RangeFaults;
  /** Why there is no file, if that is not for what was typed. */
  readonly failure?: string;
}

/** The settings, which several routes show. Each part is there, or says by itself that WorkOS does not answer. */
@Injectable()
export class SettingsPage {
  constructor(
    private readonly streams: AuditLogStreams,
    private readonly pages: PageRenderer,
    @Inject(BLOG_CONFIG) private readonly config: BlogConfig,
  ) {}

  async render(request: SignedInRequest, state: SettingsState): Promise<string> {
    const { user, csrfToken } = request;
    const [status, days] = await Promise.all([
      this.#ask<AuditLogStreamStatus>(this.streams.status(user.organizationId)),
      this.#ask<number | null>(this.streams.retention(user.organizationId)),
    ]);
    const main = settingsView({
      organizationName: user.organizationName,
      logStream: logStreamView({ status, csrfToken, siemUrl: this.config.local?.siemUrl }),
      retention: retentionView({ current: days, refused: state.retention, csrfToken }),
      download: exportView({ form: state.export ?? { range: usualRange(), faults: {} }, csrfToken }),
      csrfToken,
    });
    const title = state.retention || state.export ? 'Error: Settings' : 'Settings';
    return this.pages.render({ title, section: 'settings', main, request, message: state.message });
  }

  /** `undefined` if WorkOS does not say it in time. */
  async #ask<T>(question: Promise<T>): Promise<T | undefined> {
    try {
      return await within(this.config.settingsTimeoutMs ?? 5_000, question);
    } catch (error) {
      report(error);
      return undefined;
    }
  }
}
