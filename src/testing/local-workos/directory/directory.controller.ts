import { Controller, Get, Param, Query } from '@nestjs/common';
import { type ListQuery, first, page } from '../http/paging.js';
import { Directories } from './directories.js';
import { directoryJson, groupJson } from './directory.json.js';

/** `/directories` and `/directory_groups`. */
@Controller()
export class DirectoryController {
  constructor(private readonly directories: Directories) {}

  @Get('directories')
  list(@Query() query: ListQuery) {
    const organization = first(query, 'organization_id');
    const search = first(query, 'search')?.toLowerCase() ?? '';
    const found = this.directories.directories.filter(
      (one) =>
        (organization === undefined || one.organizationId === organization) && one.name.toLowerCase().includes(search),
    );
    return page(found, query, directoryJson);
  }

  @Get('directories/:id')
  read(@Param('id') id: string) {
    return directoryJson(this.directories.directory(id));
  }

  @Get('directory_groups')
  groups(@Query() query: ListQuery) {
    const [directory, user] = [first(query, 'directory'), first(query, 'user')];
    if (directory !== undefined) this.directories.directory(directory);
    const all = user === undefined ? this.directories.groups : this.directories.groupsOf(this.directories.user(user));
    const found = all.filter((group) => directory === undefined || group.directoryId === directory);
    return page(found, query, groupJson);
  }

  @Get('directory_groups/:id')
  group(@Param('id') id: string) {
    return groupJson(this.directories.group(id));
  }
}
