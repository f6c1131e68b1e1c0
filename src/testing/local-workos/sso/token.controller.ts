import { Body, Controller, Get, Headers, HttpCode, Post } from '@nestjs/common';
import { ApiError } from '../http/api-error.js';
import { NoApiKey } from '../http/api-key.guard.js';
import { type JsonObject, isJsonObject, own } from '../json.js';
import { LocalWorkOSConfig } from '../local-workos.options.js';
import { Grants } from './grants.js';
import { profileJson } from './profile.json.js';

/** `POST /sso/token` and `GET /sso/profile`; they check credentials of their own, not the API key header. */
@Controller('sso')
@NoApiKey()
export class TokenController {
  constructor(
    private readonly config: LocalWorkOSConfig,
    private readonly grants: Grants,
  ) {}

  /** Takes a form, as the SDK sends it, or JSON. A code works once, whether or not the verifier was right. */
  @Post('token')
  @HttpCode(200)
  token(@Body() body: unknown) {
    const form = isJsonObject(body) ? body : {};
    if (own(form, 'grant_type') !== 'authorization_code') {
      throw oauthError('unsupported_grant_type', 'The grant type is not supported.');
    }
    this.checkClient(form);
    const [code, verifier] = [own(form, 'code'), own(form, 'code_verifier')];
    if (typeof code !== 'string') throw oauthError('invalid_grant', 'The code is missing.');
    const grant = this.grants.redeem(code, typeof verifier === 'string' ? verifier : undefined);
    if (grant === undefined) throw oauthError('invalid_grant', 'The code has expired or has already been used.');
    const profile = profileJson(grant);
    return { token_type: 'Bearer', access_token: this.grants.issueToken(grant), expires_in: 600, profile };
  }

  @Get('profile')
  profile(@Headers('authorization') authorization = '') {
    const grant = this.grants.byToken(authorization.replace(/^Bearer /, ''));
    if (grant === undefined) throw new ApiError(401, { error: 'Unauthorized' });
    return profileJson(grant);
  }

  /** A secret must be right; only a public client, which proves itself by PKCE, may leave it out. */
  private checkClient(form: JsonObject): void {
    const secret = own(form, 'client_secret');
    const isPublic = secret === undefined && own(form, 'code_verifier') !== undefined;
    if (own(form, 'client_id') === this.config.clientId && (isPublic || secret === this.config.apiKey)) return;
    throw oauthError('invalid_client', 'Invalid client ID or secret.');
  }
}

/** 400 as OAuth 2.0 words it. [RFC 6749, section 5.2] */
export function oauthError(error: string, description: string): ApiError {
  return new ApiError(400, { error, error_description: description });
}
