import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { Directories, type Person } from '../directory/directories.js';
import { ApiError, unprocessable } from '../http/api-error.js';
import { NoApiKey } from '../http/api-key.guard.js';
import { markup, sendPage } from '../http/html.js';
import type { LocalResponse } from '../http/local-request.js';
import { loopbackUrl } from '../http/loopback.js';
import { layout } from '../http/page-layout.js';
import { type ListQuery, first } from '../http/paging.js';
import { type JsonObject, isJsonObject, own } from '../json.js';
import { LocalWorkOSConfig } from '../local-workos.options.js';
import { SignIns } from '../sso/sign-ins.js';
import { oauthError } from '../sso/token.controller.js';
import { type AuthKitSession, AuthKitSessions } from './sessions.js';
import { SigningKey } from './signing-key.js';
import { userJson } from './user.json.js';

/** AuthKit: `/user_management/authorize`, `authenticate` by code and by refresh token, the key set, and logout. */
@Controller()
@NoApiKey()
export class AuthKitController {
  constructor(
    private readonly config: LocalWorkOSConfig,
    private readonly signIns: SignIns,
    private readonly directories: Directories,
    private readonly sessions: AuthKitSessions,
    private readonly key: SigningKey,
  ) {}

  @Get('user_management/authorize')
  show(@Query() query: ListQuery, @Res() response: LocalResponse): void {
    this.signIns.show('/user_management/authorize/as', query, response, this.config.impersonator);
  }

  @Get('user_management/authorize/as')
  choose(@Query() query: ListQuery, @Res() response: LocalResponse): void {
    const impersonator = first(query, 'impersonate') === undefined ? undefined : this.config.impersonator;
    const method = first(query, 'provider') === 'authkit' ? 'Password' : 'SSO';
    this.signIns.choose(query, response, ({ person, codeChallenge }) =>
      this.sessions.issueCode({
        userId: person.userId,
        organizationId: person.organizationId,
        method: impersonator ? 'Impersonation' : method,
        ...(impersonator && { impersonator }),
        ...(codeChallenge !== undefined && { codeChallenge }),
      }),
    );
  }

  /** A code works once, whether or not the verifier was right; a refresh token is rotated. */
  @Post('user_management/authenticate')
  @HttpCode(200)
  async authenticate(@Body() body: unknown) {
    const form = isJsonObject(body) ? body : {};
    const grantType = own(form, 'grant_type');
    this.checkClient(form);
    if (grantType === 'authorization_code') {
      const verifier = own(form, 'code_verifier');
      const code = String(own(form, 'code'));
      return this.answer(this.sessions.redeem(code, typeof verifier === 'string' ? verifier : undefined), 'code');
    }
    if (grantType === 'refresh_token') {
      return this.answer(this.sessions.refresh(String(own(form, 'refresh_token'))), 'refresh token');
    }
    throw oauthError('unsupported_grant_type', 'LocalWorkOS knows authorization_code and refresh_token.');
  }

  @Get('sso/jwks/:clientId')
  async jwks(@Param('clientId') clientId: string) {
    if (clientId !== this.config.clientId) throw new ApiError(404, { message: `Client not found: '${clientId}'.` });
    return this.key.jwks();
  }

  @Get('user_management/sessions/logout')
  logout(@Query() query: ListQuery, @Res() response: LocalResponse): void {
    const id = first(query, 'session_id');
    if (id === undefined) throw unprocessable('session_id must be a string');
    const returnTo = first(query, 'return_to');
    const target = returnTo === undefined ? undefined : loopbackUrl(returnTo);
    if (returnTo !== undefined && target === undefined) {
      throw unprocessable(`return_to is '${returnTo}'; LocalWorkOS redirects only to http or https on this machine`);
    }
    this.sessions.end(id);
    if (target === undefined) {
      return sendPage(
        response,
        layout('Signed out - LocalWorkOS', markup`<h1>You are signed out</h1>`, { narrow: true }),
      );
    }
    response.writeHead(302, { Location: target.href, 'Cache-Control': 'no-store' });
    response.end();
  }

  private async answer(opened: { session: AuthKitSession; refreshToken: string } | undefined, what: string) {
    const person = opened && this.directories.people.find(({ userId }) => userId === opened.session.userId);
    if (!opened || !person) throw oauthError('invalid_grant', `The ${what} has expired or has already been used.`);
    const { session, refreshToken } = opened;
    return {
      user: userJson(person),
      organization_id: session.organizationId,
      access_token: await this.key.sign(this.claims(session, person)),
      refresh_token: refreshToken,
      authentication_method: session.method,
      ...(session.impersonator && { impersonator: session.impersonator }),
    };
  }

  /** [WorkOS docs, authkit/sessions; `act` by RFC 8693] */
  private claims({ id, organizationId, impersonator }: AuthKitSession, { userId, role, permissions = [] }: Person) {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: this.config.url,
      sub: userId,
      sid: id,
      org_id: organizationId,
      ...(role !== undefined && { role, roles: [role] }),
      permissions,
      ...(impersonator && { act: { sub: impersonator.email } }),
      iat: now,
      exp: now + this.config.accessTokenSeconds,
    };
  }

  /** A secret must be right; only a public client, which proves itself by PKCE, may leave it out. */
  private checkClient(form: JsonObject): void {
    const secret = own(form, 'client_secret');
    const isPublic = secret === undefined && own(form, 'code_verifier') !== undefined;
    if (own(form, 'client_id') === this.config.clientId && (isPublic || secret === this.config.apiKey)) return;
    throw oauthError('invalid_client', 'Invalid client ID or secret.');
  }
}
