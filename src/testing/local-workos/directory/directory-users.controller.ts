import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiError, unprocessable } from '../http/api-error.js';
import { type ListQuery, first, page } from '../http/paging.js';
import { TokenBucket } from '../http/token-bucket.js';
import { LocalWorkOSConfig } from '../local-workos.options.js';
import { Directories, type Person } from './directories.js';
import { directoryUserJson } from './directory.json.js';

/** `/directory_users`, with its own rate limit of so many requests per second and directory. */
@Controller('directory_users')
export class DirectoryUsersController {
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(
    private readonly directories: Directories,
    private readonly config: LocalWorkOSConfig,
  ) {}

  @Get()
  list(@Query() query: ListQuery) {
    const [directory, group] = [first(query, 'directory'), first(query, 'group')];
    const [idpId, email] = [first(query, 'idp_id'), first(query, 'email')];
    if (directory === undefined && (idpId ?? email) !== undefined) {
      throw unprocessable('idp_id and email need a directory: pass `directory` too');
    }
    if (directory !== undefined) this.directories.directory(directory);
    if (group !== undefined) this.directories.group(group);
    this.limit(directory ?? this.directories.groups.find(({ id }) => id === group)?.directoryId ?? '');
    const found = this.directories.people.filter(
      (person) =>
        person.directoryId !== undefined &&
        (directory === undefined || person.directoryId === directory) &&
        (group === undefined || person.groups.includes(group)) &&
        (idpId === undefined || person.idpId === idpId) &&
        (email === undefined || person.email.toLowerCase() === email.toLowerCase()),
    );
    return page(found, query, (person) => this.show(person));
  }

  @Get(':id')
  read(@Param('id') id: string) {
    return this.show(this.directories.user(id));
  }

  private show(person: Person) {
    return directoryUserJson(person, this.config.legacyGroups ? this.directories.groupsOf(person) : []);
  }

  private limit(directory: string): void {
    const perSecond = this.config.directoryUsersPerSecond;
    if (perSecond === undefined) return;
    const bucket = this.#buckets.get(directory) ?? new TokenBucket(perSecond, perSecond);
    this.#buckets.set(directory, bucket);
    if (bucket.take() > 0)
      throw new ApiError(429, 'Ratelimited', `above ${perSecond} requests a second on this directory`);
  }
}
