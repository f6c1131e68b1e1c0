import { Controller, Get, Query, Res } from '@nestjs/common';
import { Directories, type Person } from '../directory/directories.js';
import { NoApiKey } from '../http/api-key.guard.js';
import { markup, sendPage } from '../http/html.js';
import type { LocalResponse } from '../http/local-request.js';
import { loopbackUrl } from '../http/loopback.js';
import { layout } from '../http/page-layout.js';
import { type ListQuery, first } from '../http/paging.js';
import { LocalWorkOSConfig } from '../local-workos.options.js';
import { Organizations } from '../organizations/organizations.js';
import { Grants } from './grants.js';
import { loginPage } from './login.page.js';

/** `GET /sso/authorize`: a login page in the identity provider's place. Choosing a person is signing in as them. */
@Controller('sso/authorize')
@NoApiKey()
export class AuthorizeController {
  constructor(
    private readonly config: LocalWorkOSConfig,
    private readonly organizations: Organizations,
    private readonly directories: Directories,
    private readonly grants: Grants,
  ) {}

  @Get()
  show(@Query() query: ListQuery, @Res() response: LocalResponse): void {
    const fault = this.faultOf(query);
    if (fault !== undefined) return refuse(response, fault);
    const groupsOf = (person: Person): string[] => this.directories.groupsOf(person).map(({ name }) => name);
    const people = this.peopleFor(query).map((person) => ({
      person,
      organization: this.organizations.find(person.organizationId)?.name ?? person.organizationId,
      groups: person.profileGroups ?? groupsOf(person),
      link: `/sso/authorize/as?${new URLSearchParams({ ...flat(query), person: person.id }).toString()}`,
    }));
    sendPage(response, loginPage(people, first(query, 'redirect_uri') ?? '', first(query, 'login_hint')));
  }

  @Get('as')
  choose(@Query() query: ListQuery, @Res() response: LocalResponse): void {
    const person = this.peopleFor(query).find(({ id }) => id === first(query, 'person'));
    const fault = this.faultOf(query) ?? (person === undefined ? 'There is no such person here.' : undefined);
    const target = loopbackUrl(first(query, 'redirect_uri') ?? '');
    if (fault !== undefined || person === undefined || target === undefined) return refuse(response, fault ?? '');
    target.searchParams.set('code', this.grants.issueCode(this.grantFor(person, query)));
    const state = first(query, 'state');
    if (state !== undefined) target.searchParams.set('state', state);
    response.writeHead(302, { Location: target.href, 'Cache-Control': 'no-store' });
    response.end();
  }

  private grantFor(person: Person, query: ListQuery) {
    const named = this.organizations.connection(first(query, 'connection') ?? '');
    const codeChallenge = first(query, 'code_challenge');
    return {
      person,
      connection: named ?? this.organizations.connectionOf(this.organizations.get(person.organizationId)),
      ...(codeChallenge !== undefined && { codeChallenge }),
    };
  }

  private peopleFor(query: ListQuery): readonly Person[] {
    const connection = this.organizations.connection(first(query, 'connection') ?? '');
    const organization = connection?.organizationId ?? first(query, 'organization');
    const { people } = this.directories;
    return organization === undefined ? people : people.filter(({ organizationId }) => organizationId === organization);
  }

  /** What is wrong with the request, in a sentence for the developer who made it. */
  private faultOf(query: ListQuery): string | undefined {
    const value = (name: string): string => first(query, name) ?? '';
    if (value('client_id') !== this.config.clientId) {
      return `client_id is '${value('client_id')}', but this LocalWorkOS has the client id '${this.config.clientId}'.`;
    }
    if (value('response_type') !== 'code') return "response_type must be 'code'.";
    if (loopbackUrl(value('redirect_uri')) === undefined) {
      return `redirect_uri is '${value('redirect_uri')}'. LocalWorkOS is a development tool and redirects only to http or https on this machine.`;
    }
    if (!['organization', 'connection', 'provider'].some((name) => value(name) !== '')) {
      return 'One of organization, connection and provider is needed.';
    }
    if (value('organization') !== '' && this.organizations.find(value('organization')) === undefined) {
      return `There is no organization '${value('organization')}' here.`;
    }
    if (value('connection') !== '' && this.organizations.connection(value('connection')) === undefined) {
      return `There is no connection '${value('connection')}' here.`;
    }
    if (value('code_challenge') !== '' && value('code_challenge_method') !== 'S256') {
      return 'code_challenge_method must be S256.';
    }
    return undefined;
  }
}

/** The query with its first values only, so that the links on the page say the same as the request did. */
function flat(query: ListQuery): Record<string, string> {
  return Object.fromEntries(Object.keys(query).map((name) => [name, first(query, name) ?? '']));
}

function refuse(response: LocalResponse, fault: string): void {
  const main = markup`<h1>This sign-in cannot start</h1>
<p role="alert">${fault}</p>`;
  sendPage(response, layout('Sign-in refused - LocalWorkOS', main, { narrow: true }), 400);
}
