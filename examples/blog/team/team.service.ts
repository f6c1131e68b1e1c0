import { Inject, Injectable, Logger, NotFoundException } from '@nestjs/common';
import { type DirectoryUser, WorkOS } from '@workos-inc/node';
import type { Identity } from '../auth/session.js';
import { BLOG_CONFIG, type BlogConfig } from '../core/blog.config.js';
import { within } from '../core/within.js';
import { messageOf, statusOf } from '../core/workos.js';
import { FriendlyException } from '../web/page.exception.js';
import { PeopleRepository } from './people.repository.js';
import type { Person, TeamPage } from './person.js';

export interface Cursor {
  readonly before?: string;
  readonly after?: string;
}

const PEOPLE_PER_PAGE = 20;

/**
 * The people of the organization's directory, a page at a time. WorkOS allows four of these requests a second, so what was
 * seen is remembered, and serves when it does not answer.
 */
@Injectable()
export class TeamService {
  readonly #logger = new Logger('TeamService');

  constructor(
    private readonly workos: WorkOS,
    private readonly known: PeopleRepository,
    @Inject(BLOG_CONFIG) private readonly config: BlogConfig,
  ) {}

  /** @throws NotFoundException for a cursor that is none */
  async page(organizationId: string, cursor: Cursor): Promise<TeamPage> {
    const page = await this.#ask(this.#fetchPage(organizationId, cursor)).catch((error: unknown) => {
      if ([400, 404, 422].includes(statusOf(error) ?? 0)) throw new NotFoundException();
      this.#logger.warn(`The directory of ${organizationId} could not be read: ${messageOf(error)}`);
      return { people: this.known.remembered(organizationId, PEOPLE_PER_PAGE), teams: [], stale: true };
    });
    return { ...page, invited: this.known.invited(organizationId) };
  }

  /** @throws NotFoundException if the organization has nobody of that id */
  async find(organizationId: string, id: string): Promise<Person> {
    if (!/^[\w-]{1,100}$/.test(id)) throw new NotFoundException();
    try {
      const user = await this.#ask(this.workos.directorySync.getUser(id));
      // Ids are unique over all customers: this one may be somebody else's.
      if (user.organizationId === organizationId) return toPerson(user);
    } catch (error) {
      if (statusOf(error) !== 404) return this.#remembered(organizationId, id, error);
    }
    this.known.forget(organizationId, id);
    throw new NotFoundException();
  }

  /** False if they had been invited before. */
  invite(by: Identity, person: Person): boolean {
    return this.known.invite(by, person);
  }

  #remembered(organizationId: string, id: string, error: unknown): Person {
    this.#logger.warn(`The directory user ${id} could not be read: ${messageOf(error)}`);
    const person = this.known.find(organizationId, id);
    if (person) return person;
    throw new FriendlyException(503, 'The directory does not answer', 'Please try again in a minute.');
  }

  async #fetchPage(organizationId: string, cursor: Cursor): Promise<Omit<TeamPage, 'invited'>> {
    const { data: directories } = await this.workos.directorySync.listDirectories({ organizationId, limit: 1 });
    const directory = directories[0]?.id;
    if (directory === undefined) return { people: [], teams: [], stale: false };
    const [users, groups] = await Promise.all([
      this.workos.directorySync.listUsers({ directory, limit: PEOPLE_PER_PAGE, ...cursor }),
      this.workos.directorySync.listGroups({ directory, limit: 100 }),
    ]);
    const people = users.data.map(toPerson);
    this.known.remember(organizationId, people);
    const { before, after } = users.listMetadata;
    return {
      people,
      teams: groups.data.map(({ name }) => name),
      ...(before && { before }),
      ...(after && { after }),
      stale: false,
    };
  }

  #ask<T>(work: Promise<T>): Promise<T> {
    return within(this.config.directoryTimeoutMs ?? 3_000, work);
  }
}

function toPerson({ id, firstName, lastName, email }: DirectoryUser): Person {
  const name = [firstName, lastName].filter(Boolean).join(' ') || email || id;
  return { id, name, email: email ?? '' };
}
