import { Controller, Get, Header, Post, Query, Redirect, Req, Res, UseGuards } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Audited } from 'nestjs-workos-audit';
import { Cookies } from '../../web/cookies.js';
import { field } from '../../web/form.js';
import { FriendlyException, PageException } from '../../web/page.exception.js';
import { LEADING_AWAY_POLICY } from '../../web/security-headers.js';
import { PageRenderer } from '../../web/page.renderer.js';
import { CsrfGuard } from '../csrf.guard.js';
import { sameSecret } from '../secrets.js';
import type { SignedInRequest } from '../session.js';
import { SignInPage } from '../sign-in.page.js';
import { SsoGuard } from '../sso.guard.js';
import { AuthKitService } from './authkit.service.js';
import { AuthKitSessions } from './authkit.sessions.js';
import { signedOutView } from './signed-out.view.js';

/** Login and logout by AuthKit, in the place of `AuthController`. */
@Controller('auth')
export class AuthKitController {
  constructor(
    private readonly authKit: AuthKitService,
    private readonly sessions: AuthKitSessions,
    private readonly cookies: Cookies,
    private readonly signIn: SignInPage,
    private readonly pages: PageRenderer,
  ) {}

  @Get('login')
  @Header('Content-Security-Policy', LEADING_AWAY_POLICY)
  @Redirect()
  async login(
    @Query() query: unknown,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<{ url: string }> {
    const email = field(query, 'email');
    const started = await this.authKit.start(email);
    if (!started) throw new PageException(422, this.signIn.render({ email, unknown: true }));
    await this.cookies.attempt.write(request, response, started.attempt);
    return { url: started.url };
  }

  /** There is no user before this method, and one after it: the audit module looks again when there was none. */
  @Get('callback')
  @Redirect('/dashboard', 303)
  @Audited('user.login')
  async callback(
    @Query() query: unknown,
    @Req() request: SignedInRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const { state, codeVerifier } = await this.cookies.attempt.read(request, response);
    if (!state || !codeVerifier || !sameSecret(field(query, 'state'), state)) {
      throw new FriendlyException(
        400,
        'This sign-in cannot be continued',
        'It is too old, has been used, or was started in another browser. Go to the blog and sign in again.',
      );
    }
    await this.cookies.attempt.clear(request, response);
    const { user } = await this.sessions.begin(response, await this.authKit.finish({ state, codeVerifier }, query));
    const as = user.impersonator ? ` You act for them as ${user.impersonator.email}, and the trail says so.` : '';
    await this.cookies.say(request, response, `Welcome, ${user.name}.${as}`);
    request.user = user;
  }

  /**
   * Ends the session here, and lets the browser end it at WorkOS: by a `Refresh`, since a redirect after a form would be
   * subject to the `form-action` of the page.
   */
  @Post('logout')
  @UseGuards(SsoGuard, CsrfGuard)
  @Audited('user.logout')
  async logout(
    @Req() request: SignedInRequest & { sessionId: string },
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    this.sessions.end(response);
    await this.cookies.say(request, response, 'You are logged out.');
    const url = this.authKit.logoutUrl(request.sessionId);
    response.status(200).set('Refresh', `0; url=${url}`);
    return this.pages.render({ title: 'Logging out', main: signedOutView(url) });
  }
}
