import { Body, Controller, Get, Header, Inject, Post, Redirect, Req, Res, UseGuards } from '@nestjs/common';
import type { Response } from 'express';
import { Audited, AuditLogStreams, AuditService } from 'nestjs-workos-audit';
import { AdminGuard } from '../auth/admin.guard.js';
import { CsrfGuard } from '../auth/csrf.guard.js';
import type { SignedInRequest } from '../auth/session.js';
import { SsoGuard } from '../auth/sso.guard.js';
import { BLOG_CONFIG, type BlogConfig } from '../core/blog.config.js';
import { Cookies } from '../web/cookies.js';
import { field } from '../web/form.js';
import { PageException } from '../web/page.exception.js';
import { LEADING_AWAY_POLICY } from '../web/security-headers.js';
import { unavailable } from './failure.js';
import { organization } from './organization.target.js';
import { faultOf } from './retention.js';
import { SettingsPage } from './settings.page.js';

/** What administrators see of the audit trail: where it is streamed to, how long it is kept, and the way to read it. */
@Controller('settings')
@UseGuards(SsoGuard, AdminGuard, CsrfGuard)
export class SettingsController {
  constructor(
    private readonly streams: AuditLogStreams,
    private readonly audit: AuditService,
    private readonly page: SettingsPage,
    private readonly cookies: Cookies,
    @Inject(BLOG_CONFIG) private readonly config: BlogConfig,
  ) {}

  @Get()
  @Header('Content-Security-Policy', LEADING_AWAY_POLICY)
  async show(@Req() request: SignedInRequest, @Res({ passthrough: true }) response: Response): Promise<string> {
    return this.page.render(request, { message: await this.cookies.takeMessage(request, response) });
  }

  /** To the page of WorkOS's Admin Portal where the organization connects its SIEM. */
  @Post('log-stream')
  @Redirect('/settings', 303)
  @Audited('log_stream.setup_opened', { targets: { organization } })
  async setUpLogStream(@Req() request: SignedInRequest): Promise<{ url: string }> {
    return { url: await this.#portalLink(request, 'log_streams') };
  }

  /** To the page of the Admin Portal that shows the trail. */
  @Post('trail')
  @Redirect('/settings', 303)
  @Audited('audit_log.viewed', { targets: { organization } })
  async viewTrail(@Req() request: SignedInRequest): Promise<{ url: string }> {
    return { url: await this.#portalLink(request, 'audit_logs') };
  }

  @Post('retention')
  @Redirect('/settings', 303)
  @Header('Content-Security-Policy', LEADING_AWAY_POLICY)
  @Audited('retention.changed', { targets: { organization } })
  async setRetention(
    @Body() form: unknown,
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const { organizationId } = request.user;
    const days = Number(field(form, 'days'));
    const before = await this.streams.retention(organizationId).catch(unavailable);
    const fault = faultOf({ days, before, confirmed: field(form, 'confirmed') === 'yes' });
    if (fault) throw new PageException(422, await this.page.render(request, { retention: { days, fault } }));
    await this.streams.setRetention(organizationId, days).catch(unavailable);
    this.audit.annotate({ metadata: { days, days_before: before } });
    await this.cookies.say(request, response, `The trail is kept for ${days} days from now on.`);
  }

  /** Works once, for five minutes and for whoever has it: so it is made on the click, followed at once, and kept nowhere. */
  #portalLink({ user }: SignedInRequest, intent: 'log_streams' | 'audit_logs'): Promise<string> {
    const returnUrl = new URL('/settings', this.config.baseUrl);
    return this.streams.setupLink({ organizationId: user.organizationId, returnUrl, intent }).catch(unavailable);
  }
}
