import { Controller, Get, Header, Post, Query, Redirect, Req, Res, UseGuards } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Audited } from 'nestjs-workos-audit';
import { Cookies } from '../web/cookies.js';
import { field } from '../web/form.js';
import { FriendlyException, PageException } from '../web/page.exception.js';
import { LEADING_AWAY_POLICY } from '../web/security-headers.js';
import { CsrfGuard } from './csrf.guard.js';
import { newSecret } from './secrets.js';
import type { SignedInRequest } from './session.js';
import { SignInPage } from './sign-in.page.js';
import { SsoGuard } from './sso.guard.js';
import { SsoService } from './sso.service.js';
import { UsersService } from './users.service.js';

/** Login and logout. */
@Controller('auth')
export class AuthController {
  constructor(
    private readonly sso: SsoService,
    private readonly users: UsersService,
    private readonly cookies: Cookies,
    private readonly signIn: SignInPage,
  ) {}

  /** Sends the browser to the identity provider of the organization that owns the e-mail's domain. */
  @Get('login')
  @Header('Content-Security-Policy', LEADING_AWAY_POLICY)
  @Redirect()
  async login(
    @Query() query: unknown,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<{ url: string }> {
    const email = field(query, 'email');
    const started = await this.sso.start(email);
    if (!started) throw new PageException(422, this.signIn.render({ email, unknown: true }));
    await this.cookies.attempt.write(request, response, started.attempt);
    return { url: started.url };
  }

  /**
   * The identity provider sends the browser back. There is no user before this method, and one after it: the audit module
   * looks again when there was none.
   */
  @Get('callback')
  @Redirect('/dashboard', 303)
  @Audited('user.login')
  async callback(
    @Query() query: unknown,
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const attempt = await this.cookies.attempt.read(request, response);
    if (!this.sso.belongsTo(attempt, query)) {
      throw new FriendlyException(
        400,
        'This sign-in cannot be continued',
        'It is too old, has been used, or was started in another browser. Go to the blog and sign in again.',
      );
    }
    await this.cookies.attempt.clear(request, response);
    const { identity, profile } = await this.sso.finish(attempt, query);
    const user = await this.users.atLogin(identity, profile);
    await this.cookies.session.write(request, response, { identity, csrfToken: newSecret() });
    await this.cookies.say(request, response, `Welcome, ${identity.name}.`);
    request.user = user;
  }

  /** The audit module has read `request.user` before this method, so it does not matter that the session is gone after it. */
  @Post('logout')
  @UseGuards(SsoGuard, CsrfGuard)
  @Redirect('/', 303)
  @Audited('user.logout')
  async logout(@Req() request: SignedInRequest, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.cookies.session.clear(request, response);
    await this.cookies.say(request, response, 'You are logged out.');
  }
}
