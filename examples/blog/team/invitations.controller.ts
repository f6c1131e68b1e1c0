import { Body, Controller, Get, Post, Redirect, Req, Res, UseGuards } from '@nestjs/common';
import type { Response } from 'express';
import { CsrfGuard } from '../auth/csrf.guard.js';
import type { SignedInRequest } from '../auth/session.js';
import { SsoGuard } from '../auth/sso.guard.js';
import { Cookies } from '../web/cookies.js';
import { field } from '../web/form.js';
import { FriendlyException, PageException } from '../web/page.exception.js';
import { PageRenderer } from '../web/page.renderer.js';
import { DirectoryService } from './directory.service.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvitationsService } from './invitations.service.js';
import { invitationsView } from './invitations.view.js';

const SHOWN = 50;

/** Inviting people by their e-mail, and who has been. */
@Controller('team/invitations')
@UseGuards(SsoGuard, CsrfGuard)
export class InvitationsController {
  constructor(
    private readonly directory: DirectoryService,
    private readonly invited: InvitationsRepository,
    private readonly invitations: InvitationsService,
    private readonly cookies: Cookies,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async list(@Req() request: SignedInRequest, @Res({ passthrough: true }) response: Response): Promise<string> {
    const message = await this.cookies.takeMessage(request, response);
    return this.#page(request, { message });
  }

  @Post()
  @Redirect('/team/invitations', 303)
  async invite(
    @Body() form: unknown,
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const email = field(form, 'email');
    const refuse = (status: number, error: string): PageException =>
      new PageException(status, this.#page(request, { email, error }));
    if (!/^[^@\s]+@[^@\s]+$/.test(email)) throw refuse(422, 'This is no e-mail address.');
    const { organizationId, organizationName } = request.user;
    const person = await this.directory.personByEmail(organizationId, email).catch((error: unknown) => {
      if (error instanceof FriendlyException) throw refuse(error.getStatus(), `${error.title}. ${error.text}`);
      throw error;
    });
    if (!person) throw refuse(422, `The directory of ${organizationName} has nobody with this e-mail.`);
    if (!(await this.invitations.invite(request.user, person))) {
      throw refuse(422, `${person.name} had been invited before.`);
    }
    await this.cookies.say(request, response, `${person.name} is invited.`);
  }

  #page(request: SignedInRequest, view: { email?: string; error?: string; message?: string }): string {
    const { user, csrfToken } = request;
    const main = invitationsView({
      email: view.email ?? '',
      error: view.error,
      invitations: this.invited.latest(user.organizationId, SHOWN),
      count: this.invited.count(user.organizationId),
      organizationName: user.organizationName,
      csrfToken,
    });
    const title = view.error === undefined ? 'Invitations' : 'Error: Invitations';
    return this.pages.render({ title, section: 'people', main, request, message: view.message });
  }
}
