import { Controller, Get, Header, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Cookies } from '../web/cookies.js';
import { LEADING_AWAY_POLICY } from '../web/security-headers.js';
import { Sessions } from './sessions.js';
import { SignInPage } from './sign-in.page.js';

/** The front door: the dashboard for those who are signed in, the sign-in form for everybody else. */
@Controller()
export class HomeController {
  constructor(
    private readonly sessions: Sessions,
    private readonly cookies: Cookies,
    private readonly signIn: SignInPage,
  ) {}

  @Get()
  @Header('Content-Security-Policy', LEADING_AWAY_POLICY)
  async home(@Req() request: Request, @Res() response: Response): Promise<void> {
    if (await this.sessions.find(request, response)) return response.redirect(303, '/dashboard');
    response.send(this.signIn.render({ message: await this.cookies.takeMessage(request, response) }));
  }
}
