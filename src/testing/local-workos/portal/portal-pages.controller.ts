import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { Trail } from '../audit-logs/trail.js';
import { NoApiKey } from '../http/api-key.guard.js';
import { type Html, sendPage } from '../http/html.js';
import type { LocalResponse } from '../http/local-request.js';
import { type ListQuery, first } from '../http/paging.js';
import { isJsonObject, own } from '../json.js';
import { Organizations } from '../organizations/organizations.js';
import { LogStreams } from '../streams/log-streams.js';
import { destinationFault } from '../streams/stream.destination.js';
import { type LogStreamForm, logStreamContent } from './log-stream.content.js';
import { expiredPage, noteContent, portalPage, trailContent } from './portal.page.js';
import { type PortalVisit, PortalVisits } from './portal.visits.js';

/** What a visitor of the portal sees and does. The key of the visit is session and CSRF token in one: nobody else has it. */
@Controller('_local/portal')
@NoApiKey()
export class PortalPagesController {
  constructor(
    private readonly visits: PortalVisits,
    private readonly organizations: Organizations,
    private readonly trail: Trail,
    private readonly streams: LogStreams,
  ) {}

  @Get()
  page(@Query() query: ListQuery, @Res() response: LocalResponse): void {
    const key = first(query, 'visit') ?? '';
    const visit = this.visits.find(key);
    if (visit === undefined) return sendPage(response, expiredPage(), 410);
    this.show(response, visit, this.contentOf(key, visit));
  }

  @Post('log_stream')
  @HttpCode(200)
  connect(@Body() body: unknown, @Res() response: LocalResponse): void {
    const { key, visit, ...form } = this.read(body);
    if (visit === undefined) return sendPage(response, expiredPage(), 410);
    const { url, header, value } = form;
    const destination = { url, ...((header !== '' || value !== '') && { headers: { [header]: value } }) };
    const fault = destinationFault(destination);
    if (fault !== undefined) {
      const content = this.streamContent(key, visit, { ...form, fault });
      return this.show(response, visit, content, 422);
    }
    this.streams.connect(visit.organizationId, destination);
    this.back(response, key);
  }

  @Post('log_stream/remove')
  @HttpCode(200)
  remove(@Body() body: unknown, @Res() response: LocalResponse): void {
    const { key, visit } = this.read(body);
    if (visit === undefined) return sendPage(response, expiredPage(), 410);
    this.streams.disconnect(visit.organizationId);
    this.back(response, key);
  }

  private contentOf(key: string, visit: PortalVisit): Html {
    const { id, name } = this.organizations.get(visit.organizationId);
    if (visit.intent === 'log_streams') return this.streamContent(key, visit);
    if (visit.intent !== 'audit_logs') return noteContent(name, visit.intent);
    const events = this.trail.events.filter(({ organizationId }) => organizationId === id);
    return trailContent(name, events.slice(-200).toReversed());
  }

  private streamContent(key: string, visit: PortalVisit, form?: LogStreamForm): Html {
    const organization = this.organizations.get(visit.organizationId);
    return logStreamContent(key, visit, this.streams.connected(organization.id) ?? organization.logStream, form);
  }

  private show(response: LocalResponse, visit: PortalVisit, content: Html, status = 200): void {
    sendPage(response, portalPage(visit, this.organizations.get(visit.organizationId).name, content), status);
  }

  /** A visit for anything but a stream cannot change one. */
  private read(body: unknown): LogStreamForm & { readonly key: string; readonly visit?: PortalVisit } {
    const field = (name: string): string => {
      const given = isJsonObject(body) ? own(body, name) : undefined;
      return typeof given === 'string' ? given.trim() : '';
    };
    const visit = this.visits.find(field('visit'));
    return {
      key: field('visit'),
      ...(visit?.intent === 'log_streams' && { visit }),
      url: field('url'),
      header: field('header'),
      value: field('value'),
    };
  }

  private back(response: LocalResponse, key: string): void {
    response.writeHead(303, { Location: `/_local/portal?visit=${key}`, 'Cache-Control': 'no-store' });
    response.end();
  }
}
