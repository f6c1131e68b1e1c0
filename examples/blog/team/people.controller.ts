import { Controller, Get, Param, Post, Query, Redirect, Req, Res, UseGuards } from '@nestjs/common';
import type { Response } from 'express';
import { CsrfGuard } from '../auth/csrf.guard.js';
import type { SignedInRequest } from '../auth/session.js';
import { SsoGuard } from '../auth/sso.guard.js';
import { Cookies } from '../web/cookies.js';
import { field } from '../web/form.js';
import { PageRenderer } from '../web/page.renderer.js';
import { cursorIn } from './directory.page.js';
import { DirectoryService } from './directory.service.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvitationsService } from './invitations.service.js';
import { peopleView } from './people.view.js';
import { teamsView } from './teams.view.js';

/** The organization's people and teams, as its directory has them. */
@Controller('team')
@UseGuards(SsoGuard, CsrfGuard)
export class PeopleController {
  constructor(
    private readonly directory: DirectoryService,
    private readonly invited: InvitationsRepository,
    private readonly invitations: InvitationsService,
    private readonly cookies: Cookies,
    private readonly pages: PageRenderer,
  ) {}

  /** Everybody, or with `?team=` those of one team. */
  @Get()
  async people(
    @Query() query: unknown,
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const { user, csrfToken } = request;
    const [team, cursor] = [field(query, 'team'), cursorIn(query)];
    const page = await (team === ''
      ? this.directory.people(user.organizationId, cursor)
      : this.directory.members(user.organizationId, team, cursor));
    const invited = this.invited.among(user.organizationId, page.entries);
    const message = await this.cookies.takeMessage(request, response);
    const main = peopleView({ page, invited, user, csrfToken });
    return this.pages.render({ title: 'People', section: 'people', main, request, message });
  }

  @Get('groups')
  async teams(@Query() query: unknown, @Req() request: SignedInRequest): Promise<string> {
    const page = await this.directory.teams(request.user, cursorIn(query));
    return this.pages.render({ title: 'Teams', section: 'people', main: teamsView(page, request.user), request });
  }

  @Post(':id/invite')
  @Redirect('/team', 303)
  async invite(
    @Param('id') id: string,
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const person = await this.directory.person(request.user.organizationId, id);
    const isNew = await this.invitations.invite(request.user, person);
    await this.cookies.say(request, response, `${person.name} ${isNew ? 'is invited' : 'had been invited before'}.`);
  }
}
