import { Subject } from 'rxjs';
import { notFound } from '../http/api-error.js';
import { newId } from '../ids.js';
import type { LocalWorkOSDirectory, LocalWorkOSGroup, LocalWorkOSPerson } from '../local-workos.seed.js';
import type { Organizations } from '../organizations/organizations.js';
import { changesOf, type DirectoryChange, groupCreated } from './directory.changes.js';

/** A directory with everything filled in. */
export interface Directory extends Required<LocalWorkOSDirectory> {
  readonly createdAt: string;
}

/** A group with everything filled in. */
export interface Group extends Required<LocalWorkOSGroup> {
  readonly organizationId: string;
  readonly createdAt: string;
}

/** A person with everything filled in; `id` is the directory user's. */
export interface Person extends Required<
  Omit<LocalWorkOSPerson, 'directoryId' | 'profileGroups' | 'role' | 'permissions'>
> {
  readonly id: string;
  readonly directoryId?: string;
  readonly profileGroups?: readonly string[];
  readonly role?: string;
  readonly permissions?: readonly string[];
  readonly createdAt: string;
}

/** Who there is: directories, their groups, and the people, whether a directory knows them or not. */
export class Directories {
  readonly #directories = new Map<string, Directory>();
  readonly #groups = new Map<string, Group>();
  #people: Person[] = [];
  /** What webhooks tell. */
  readonly changed = new Subject<DirectoryChange>();

  constructor(private readonly organizations: Organizations) {}

  get directories(): readonly Directory[] {
    return [...this.#directories.values()];
  }

  get groups(): readonly Group[] {
    return [...this.#groups.values()];
  }

  get people(): readonly Person[] {
    return this.#people;
  }

  /** @throws ApiError 404 */
  directory(id: string): Directory {
    return this.#directories.get(id) ?? fail(notFound('Directory', id));
  }

  /** @throws ApiError 404 */
  group(id: string): Group {
    return this.#groups.get(id) ?? fail(notFound('Directory Group', id));
  }

  /** The person behind a directory user's id. @throws ApiError 404 */
  user(id: string): Person {
    const found = this.#people.find((person) => person.id === id && person.directoryId !== undefined);
    return found ?? fail(notFound('Directory User', id));
  }

  groupsOf(person: Person): readonly Group[] {
    return person.groups.flatMap((id) => this.#groups.get(id) ?? []);
  }

  addDirectory(given: LocalWorkOSDirectory): Directory {
    const directory = {
      id: given.id ?? newId('directory'),
      organizationId: this.organizations.resolve(given.organizationId, `the directory '${given.name}'`).id,
      name: given.name,
      type: given.type ?? 'generic scim v2.0',
      createdAt: new Date().toISOString(),
    };
    this.#directories.set(directory.id, directory);
    return directory;
  }

  addGroup(given: LocalWorkOSGroup): Group {
    const id = given.directoryId ?? this.directories[0]?.id;
    const directory = this.#directories.get(id ?? '');
    if (directory === undefined)
      fail(new Error(`LocalWorkOS: the group '${given.name}' needs a directory; '${id}' is none.`));
    const group = {
      id: given.id ?? newId('directory_group'),
      directoryId: directory.id,
      organizationId: directory.organizationId,
      name: given.name,
      idpId: given.idpId ?? given.name,
      createdAt: new Date().toISOString(),
    };
    this.#groups.set(group.id, group);
    this.changed.next(groupCreated(group));
    return group;
  }

  addPerson(given: LocalWorkOSPerson): Person {
    const person = this.#complete(given);
    this.#people.push(person);
    this.#tell(undefined, person);
    return person;
  }

  /** Changes a person, found by e-mail; ids stay unless they are named. */
  updatePerson(email: string, changes: Partial<LocalWorkOSPerson>): Person {
    const index = this.#people.findIndex((person) => person.email === email);
    const before = this.#people[index] ?? fail(new Error(`LocalWorkOS: there is nobody with the e-mail '${email}'.`));
    const directoryUserId = before.directoryId === undefined ? undefined : before.id;
    const person = { ...this.#complete({ ...before, directoryUserId, ...changes }), createdAt: before.createdAt };
    this.#people[index] = person;
    this.#tell(before, person);
    return person;
  }

  removePerson(email: string): void {
    const removed = this.#people.filter((person) => person.email === email);
    this.#people = this.#people.filter((person) => person.email !== email);
    for (const person of removed) this.#tell(person, undefined);
  }

  #tell(before: Person | undefined, after: Person | undefined): void {
    for (const change of changesOf(before, after, (person) => this.groupsOf(person))) this.changed.next(change);
  }

  #complete(given: LocalWorkOSPerson): Person {
    const who = `the person '${given.email}'`;
    const organization = this.organizations.resolve(given.organizationId, who);
    for (const group of given.groups ?? []) {
      if (!this.#groups.has(group)) fail(new Error(`LocalWorkOS: ${who} names the group '${group}', which is none.`));
    }
    const directoryId = this.#directoryOf(given, organization.id, who);
    const { profileGroups, role, permissions } = given;
    const id = given.directoryUserId ?? newId('directory_user');
    return {
      id,
      directoryUserId: id,
      email: given.email,
      firstName: given.firstName ?? null,
      lastName: given.lastName ?? null,
      organizationId: organization.id,
      idpId: given.idpId ?? newId('idp'),
      userId: given.userId ?? newId('user'),
      profileId: given.profileId ?? newId('prof'),
      groups: given.groups ?? [],
      state: given.state ?? 'active',
      createdAt: new Date().toISOString(),
      ...(directoryId !== undefined && { directoryId }),
      ...(profileGroups !== undefined && { profileGroups }),
      ...(role !== undefined && { role }),
      ...(permissions !== undefined && { permissions }),
    };
  }

  #directoryOf(given: LocalWorkOSPerson, organizationId: string, who: string): string | undefined {
    if (given.directoryId !== undefined) {
      if (this.#directories.has(given.directoryId)) return given.directoryId;
      fail(new Error(`LocalWorkOS: ${who} names the directory '${given.directoryId}', which is none.`));
    }
    if (given.directoryUserId === undefined && (given.groups ?? []).length === 0) return undefined;
    const directory = this.directories.find((one) => one.organizationId === organizationId);
    return (
      directory?.id ??
      fail(new Error(`LocalWorkOS: ${who} is a directory user, but '${organizationId}' has no directory.`))
    );
  }
}

function fail(error: Error): never {
  throw error;
}
