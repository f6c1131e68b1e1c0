import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { unprocessable } from '../http/api-error.js';
import { type ListQuery, listAll, page } from '../http/paging.js';
import { isJsonObject, isStringArray, own } from '../json.js';
import { organizationJson } from './organization.json.js';
import { Organizations } from './organizations.js';

/** `/organizations`: list, read, create. Updating and deleting are not spoken here. */
@Controller('organizations')
export class OrganizationsController {
  constructor(private readonly organizations: Organizations) {}

  @Get()
  list(@Query() query: ListQuery) {
    const domains = listAll(query, 'domains').flatMap((value) => value.split(','));
    const search = listAll(query, 'search')[0]?.toLowerCase() ?? '';
    const found = this.organizations.all.filter(
      (one) =>
        one.name.toLowerCase().includes(search) &&
        (domains.length === 0 || one.domains.some(({ domain }) => domains.includes(domain))),
    );
    return page(found, query, organizationJson);
  }

  @Get(':id')
  read(@Param('id') id: string) {
    return organizationJson(this.organizations.get(id));
  }

  @Post()
  create(@Body() body: unknown) {
    const given = isJsonObject(body) ? body : {};
    const name = own(given, 'name');
    if (typeof name !== 'string' || name === '') throw unprocessable('name must be a string');
    return organizationJson(
      this.organizations.add(
        { name },
        { domains: readDomains(given), externalId: readExternalId(given), metadata: readMetadata(given) },
      ),
    );
  }
}

function readDomains(body: Record<string, unknown>): { domain: string; state: string }[] {
  const plain = own(body, 'domains') ?? [];
  const data = own(body, 'domain_data') ?? [];
  if (!isStringArray(plain)) throw unprocessable('domains must be an array of strings');
  if (!Array.isArray(data)) throw unprocessable('domain_data must be an array');
  const read = data.map((item: unknown) => {
    const { domain, state } = isJsonObject(item) ? item : {};
    if (typeof domain !== 'string' || (state !== 'pending' && state !== 'verified')) {
      throw unprocessable('domain_data must hold objects of a domain and a state, pending or verified');
    }
    return { domain, state };
  });
  return [...plain.map((domain) => ({ domain, state: 'pending' })), ...read];
}

function readExternalId(body: Record<string, unknown>): string | null {
  const id = own(body, 'external_id') ?? null;
  if (id !== null && typeof id !== 'string') throw unprocessable('external_id must be a string');
  return id;
}

function readMetadata(body: Record<string, unknown>): Record<string, string> {
  const metadata = own(body, 'metadata') ?? {};
  if (!isJsonObject(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    throw unprocessable('metadata must be an object of strings');
  }
  return metadata as Record<string, string>;
}
