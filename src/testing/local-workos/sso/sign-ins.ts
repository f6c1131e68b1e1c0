import { Injectable } from '@nestjs/common';
import { Directories, type Person } from '../directory/directories.js';
import { markup, sendPage } from '../http/html.js';
import type { LocalResponse } from '../http/local-request.js';
import { loopbackUrl } from '../http/loopback.js';
import { layout } from '../http/page-layout.js';
import { type ListQuery, first } from '../http/paging.js';
import { LocalWorkOSConfig } from '../local-workos.options.js';
import { type Connection, Organizations } from '../organizations/organizations.js';
import { type LoginChoice, loginPage } from './login.page.js';

/** Somebody who was chosen, and what the request said. */
export interface Choice {
  readonly person: Person;
  /** The connection that the request named. */
  readonly connection?: Connection;
  readonly codeChallenge?: string;
}

/** The two steps of signing in, which SSO and AuthKit share: a page to choose from, and a redirect with a code. */
@Injectable()
export class SignIns {
  constructor(
    private readonly config: LocalWorkOSConfig,
    private readonly organizations: Organizations,
    private readonly directories: Directories,
  ) {}

  /** @param impersonator who may also be each of the people, by a second link with `impersonate=1` */
  show(path: string, query: ListQuery, response: LocalResponse, impersonator?: { readonly email: string }): void {
    const fault = this.faultOf(query);
    if (fault !== undefined) return refuse(response, fault);
    const groupsOf = (person: Person): string[] => this.directories.groupsOf(person).map(({ name }) => name);
    const people = this.peopleFor(query).map((person): LoginChoice => {
      const link = `${path}?${new URLSearchParams({ ...flat(query), person: person.id }).toString()}`;
      return {
        person,
        organization: this.organizations.find(person.organizationId)?.name ?? person.organizationId,
        groups: person.profileGroups ?? groupsOf(person),
        link,
        impersonate: impersonator && { link: `${link}&impersonate=1`, email: impersonator.email },
      };
    });
    sendPage(response, loginPage(people, first(query, 'redirect_uri') ?? '', first(query, 'login_hint')));
  }

  /** @param issueCode gives the code that the application will redeem */
  choose(query: ListQuery, response: LocalResponse, issueCode: (choice: Choice) => string): void {
    const person = this.peopleFor(query).find(({ id }) => id === first(query, 'person'));
    const fault = this.faultOf(query) ?? (person === undefined ? 'There is no such person here.' : undefined);
    const target = loopbackUrl(first(query, 'redirect_uri') ?? '');
    if (fault !== undefined || person === undefined || target === undefined) return refuse(response, fault ?? '');
    const connection = this.organizations.connection(named(query, 'connection'));
    const codeChallenge = first(query, 'code_challenge');
    const choice = { person, ...(connection && { connection }), ...(codeChallenge !== undefined && { codeChallenge }) };
    target.searchParams.set('code', issueCode(choice));
    const state = first(query, 'state');
    if (state !== undefined) target.searchParams.set('state', state);
    response.writeHead(302, { Location: target.href, 'Cache-Control': 'no-store' });
    response.end();
  }

  private peopleFor(query: ListQuery): readonly Person[] {
    const connection = this.organizations.connection(named(query, 'connection'));
    const organization = connection?.organizationId ?? (named(query, 'organization') || undefined);
    const { people } = this.directories;
    return organization === undefined ? people : people.filter(({ organizationId }) => organizationId === organization);
  }

  /** What is wrong with the request, in a sentence for the developer who made it. */
  private faultOf(query: ListQuery): string | undefined {
    const value = (name: string): string => first(query, name) ?? '';
    const [organization, connection] = [named(query, 'organization'), named(query, 'connection')];
    if (value('client_id') !== this.config.clientId) {
      return `client_id is '${value('client_id')}', but this LocalWorkOS has the client id '${this.config.clientId}'.`;
    }
    if (value('response_type') !== 'code') return "response_type must be 'code'.";
    if (loopbackUrl(value('redirect_uri')) === undefined) {
      return `redirect_uri is '${value('redirect_uri')}'. LocalWorkOS is a development tool and redirects only to http or https on this machine.`;
    }
    if (organization === '' && connection === '' && value('provider') === '') {
      return 'One of organization, connection and provider is needed.';
    }
    if (organization !== '' && this.organizations.find(organization) === undefined) {
      return `There is no organization '${organization}' here.`;
    }
    if (connection !== '' && this.organizations.connection(connection) === undefined) {
      return `There is no connection '${connection}' here.`;
    }
    if (value('code_challenge') !== '' && value('code_challenge_method') !== 'S256') {
      return 'code_challenge_method must be S256.';
    }
    return undefined;
  }
}

/** SSO says `organization` and `connection`, AuthKit `organization_id` and `connection_id`. */
function named(query: ListQuery, name: 'organization' | 'connection'): string {
  return first(query, name) ?? first(query, `${name}_id`) ?? '';
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
