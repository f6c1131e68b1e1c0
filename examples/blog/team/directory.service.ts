import { Inject, Injectable, Logger, NotFoundException } from '@nestjs/common';
import { type DirectoryUser, WorkOS } from '@workos-inc/node';
import type { SignedInUser } from '../auth/session.js';
import { BLOG_CONFIG, type BlogConfig } from '../core/blog.config.js';
import { within } from '../core/within.js';
import { messageOf, statusOf } from '../core/workos.js';
import { FriendlyException } from '../web/page.exception.js';
import type { Cursor, DirectoryPage, Person, Team } from './directory.page.js';
import { PeopleRepository } from './people.repository.js';

const PER_PAGE = 20;

/** What WorkOS answers to an id or a cursor that is none. */
const UNKNOWN = [400, 404, 422];

/**
 * The people and teams of the organization's directory: a page at a time, in two requests, however many they are. (Who is in
 * which team would take a request for each person, and WorkOS allows four a second.) The people who were seen are remembered,
 * and serve when it does not answer.
 */
@Injectable()
export class DirectoryService {
  readonly #logger = new Logger('DirectoryService');

  constructor(
    private readonly workos: WorkOS,
    private readonly known: PeopleRepository,
    @Inject(BLOG_CONFIG) private readonly config: BlogConfig,
  ) {}

  /** @throws NotFoundException for a cursor that is none */
  async people(organizationId: string, cursor: Cursor): Promise<DirectoryPage<Person>> {
    const read = async (): Promise<DirectoryPage<Person>> => {
      const directory = await this.#directoryOf(organizationId);
      if (directory === undefined) return { entries: [] };
      return this.#peopleWhere(organizationId, { directory, ...cursor });
    };
    return this.#ask(read()).catch((error: unknown) => ({
      entries: this.known.remembered(organizationId, PER_PAGE),
      ...staleUnlessUnknown(error),
    }));
  }

  /**
   * The people of one team.
   * @throws NotFoundException if the organization has no such team; FriendlyException if the directory does not answer
   */
  async members(
    organizationId: string,
    teamId: string,
    cursor: Cursor,
  ): Promise<DirectoryPage<Person> & { team: Team }> {
    checkId(teamId);
    const { id, name, organizationId: owner } = await this.#ask(this.workos.directorySync.getGroup(teamId));
    // Ids are unique over all customers: this one may be somebody else's.
    if (owner !== organizationId) throw new NotFoundException();
    const page = await this.#ask(this.#peopleWhere(organizationId, { group: id, ...cursor }));
    return { ...page, team: { id, name } };
  }

  /** @throws NotFoundException for a cursor that is none */
  async teams({ organizationId, groups }: SignedInUser, cursor: Cursor): Promise<DirectoryPage<Team>> {
    const read = async (): Promise<DirectoryPage<Team>> => {
      const directory = await this.#directoryOf(organizationId);
      if (directory === undefined) return { entries: [] };
      const found = await this.workos.directorySync.listGroups({ directory, limit: PER_PAGE, ...cursor });
      return { entries: found.data.map(({ id, name }) => ({ id, name })), ...cursorsOf(found.listMetadata) };
    };
    return this.#ask(read()).catch((error: unknown) => ({ entries: groups, ...staleUnlessUnknown(error) }));
  }

  /** @throws NotFoundException if the organization has nobody of that id; FriendlyException if that cannot be told */
  async person(organizationId: string, id: string): Promise<Person> {
    checkId(id);
    try {
      const user = await this.#ask(this.workos.directorySync.getUser(id));
      if (user.organizationId === organizationId) return toPerson(user);
    } catch (error) {
      if (!(error instanceof NotFoundException)) return this.#remembered(organizationId, id, error);
    }
    this.known.forget(organizationId, id);
    throw new NotFoundException();
  }

  /** `undefined` if nobody has that e-mail. @throws FriendlyException if that cannot be told */
  async personByEmail(organizationId: string, email: string): Promise<Person | undefined> {
    const read = async (): Promise<Person | undefined> => {
      const directory = await this.#directoryOf(organizationId);
      if (directory === undefined) return undefined;
      // The API's `email` filter is not in the SDK's types, but it passes it on.
      const byEmail = { directory, email };
      const { data } = await this.workos.directorySync.listUsers(byEmail);
      const user = data.find((one) => one.email?.toLowerCase() === email.toLowerCase());
      return user && toPerson(user);
    };
    return this.#ask(read());
  }

  async #directoryOf(organizationId: string): Promise<string | undefined> {
    const { data } = await this.workos.directorySync.listDirectories({ organizationId, limit: 1 });
    return data[0]?.id;
  }

  async #peopleWhere(
    organizationId: string,
    which: Cursor & ({ directory: string } | { group: string }),
  ): Promise<DirectoryPage<Person>> {
    const { data, listMetadata } = await this.workos.directorySync.listUsers({ ...which, limit: PER_PAGE });
    const entries = data.map(toPerson);
    this.known.remember(organizationId, entries);
    return { entries, ...cursorsOf(listMetadata) };
  }

  #remembered(organizationId: string, id: string, error: unknown): Person {
    const person = this.known.find(organizationId, id);
    if (person) return person;
    throw error;
  }

  /** What WorkOS says within the time that a page may take. */
  async #ask<T>(work: Promise<T>): Promise<T> {
    try {
      return await within(this.config.directoryTimeoutMs ?? 3_000, work);
    } catch (error) {
      if (UNKNOWN.includes(statusOf(error) ?? 0)) throw new NotFoundException();
      this.#logger.warn(`The directory could not be read: ${messageOf(error)}`);
      throw new FriendlyException(503, 'The directory does not answer', 'Please try again in a minute.');
    }
  }
}

function staleUnlessUnknown(error: unknown): { stale: true } {
  if (error instanceof NotFoundException) throw error;
  return { stale: true };
}

/** @throws NotFoundException for what cannot be an id, and must not become part of a path */
function checkId(id: string): void {
  if (!/^[\w-]{1,100}$/.test(id)) throw new NotFoundException();
}

function cursorsOf({ before, after }: { before?: string | null; after?: string | null }): Cursor {
  return { ...(before && { before }), ...(after && { after }) };
}

function toPerson({ id, firstName, lastName, email }: DirectoryUser): Person {
  const name = [firstName, lastName].filter(Boolean).join(' ') || email || id;
  return { id, name, email: email ?? '' };
}
