import { Controller, Get, Query, Res } from '@nestjs/common';
import { NoApiKey } from '../http/api-key.guard.js';
import type { LocalResponse } from '../http/local-request.js';
import type { ListQuery } from '../http/paging.js';
import { Organizations } from '../organizations/organizations.js';
import { Grants } from './grants.js';
import { SignIns } from './sign-ins.js';

/** `GET /sso/authorize`: a login page in the identity provider's place. Choosing a person is signing in as them. */
@Controller('sso/authorize')
@NoApiKey()
export class AuthorizeController {
  constructor(
    private readonly signIns: SignIns,
    private readonly organizations: Organizations,
    private readonly grants: Grants,
  ) {}

  @Get()
  show(@Query() query: ListQuery, @Res() response: LocalResponse): void {
    this.signIns.show('/sso/authorize/as', query, response);
  }

  @Get('as')
  choose(@Query() query: ListQuery, @Res() response: LocalResponse): void {
    this.signIns.choose(query, response, ({ person, connection, codeChallenge }) =>
      this.grants.issueCode({
        person,
        connection: connection ?? this.organizations.connectionOf(this.organizations.get(person.organizationId)),
        ...(codeChallenge !== undefined && { codeChallenge }),
      }),
    );
  }
}
