import { Controller, Get, Param, Post, Query, Redirect, Req, Res, UseGuards } from '@nestjs/common';
import type { Response } from 'express';
import { AuditService } from 'nestjs-workos-audit';
import { CsrfGuard } from '../auth/csrf.guard.js';
import type { SignedInRequest } from '../auth/session.js';
import { SsoGuard } from '../auth/sso.guard.js';
import { Cookies } from '../web/cookies.js';
import { field } from '../web/form.js';
import { PageRenderer } from '../web/page.renderer.js';
import { type Cursor, TeamService } from './team.service.js';
import { teamView } from './team.view.js';

/** The organization's people, to be invited. */
@Controller('team')
@UseGuards(SsoGuard, CsrfGuard)
export class TeamController {
  constructor(
    private readonly team: TeamService,
    private readonly audit: AuditService,
    private readonly cookies: Cookies,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async list(
    @Query() query: unknown,
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const page = await this.team.page(request.user.organizationId, cursorOf(query));
    const message = await this.cookies.takeMessage(request, response);
    return this.pages.render({ title: 'Team', main: teamView(page, request.csrfToken), request, message });
  }

  /** Recorded by hand, because only this method knows whether the invitation is a new one. */
  @Post(':id/invite')
  @Redirect('/team', 303)
  async invite(
    @Param('id') id: string,
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const person = await this.team.find(request.user.organizationId, id);
    if (this.team.invite(request.user, person)) {
      await this.audit.record('user.invite', {
        targets: { user: { id: person.id, name: person.name } },
        metadata: { invited_email: person.email },
      });
      await this.cookies.say(request, response, `${person.name} is invited.`);
    } else {
      await this.cookies.say(request, response, `${person.name} had been invited before.`);
    }
  }
}

/** WorkOS takes one of the two. */
function cursorOf(query: unknown): Cursor {
  const [after, before] = [field(query, 'after'), field(query, 'before')];
  return after !== '' ? { after } : before !== '' ? { before } : {};
}
