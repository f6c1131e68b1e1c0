import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { Schemas } from '../../audit-logs/schema.js';
import { Trail } from '../../audit-logs/trail.js';
import { NoApiKey } from '../../http/api-key.guard.js';
import { answerJson } from '../../http/answer.js';
import { markup, sendPage } from '../../http/html.js';
import type { LocalRequest, LocalResponse } from '../../http/local-request.js';
import { Traffic } from '../../http/traffic.js';
import { LocalWorkOSConfig } from '../../local-workos.options.js';
import type { StoredEvent } from '../../local-workos.types.js';
import { faultForm } from '../faults/fault.form.js';
import { FaultSwitches } from '../faults/fault.switches.js';
import { PAGE_SIZE, select } from '../list/select.js';
import { queryOf } from '../list/query.js';
import { chartFiles } from '../outbox/chart.files.js';
import { outboxPanel } from '../outbox/outbox.panel.js';
import { OutboxWatch } from '../outbox/outbox.watch.js';
import { DashboardLayout } from '../pages/dashboard.layout.js';
import { ActionCounts } from './action-counts.js';
import { EventFilter } from './event.filter.js';
import { eventPage, noEventPage } from './event.page.js';
import { TrailLive } from './trail.live.js';
import { trailPage } from './trail.page.js';

/** The trail and its events, as pages and as JSON. No API key: a person looks at them. */
@Controller()
@NoApiKey()
export class TrailController {
  constructor(
    private readonly config: LocalWorkOSConfig,
    private readonly trail: Trail,
    private readonly traffic: Traffic,
    private readonly schemas: Schemas,
    private readonly live: TrailLive,
    private readonly switches: FaultSwitches,
    private readonly outbox: OutboxWatch,
    private readonly layout: DashboardLayout,
  ) {}

  @Get()
  page(@Req() request: LocalRequest, @Res() response: LocalResponse): void {
    const query = queryOf(request);
    const filter = new EventFilter(query);
    const { list } = this.trail;
    const page = select(list, (event) => filter.matches(event), query);
    const charts = chartFiles() !== undefined;
    const main = trailPage({
      list,
      filter,
      page,
      counts: new ActionCounts(filter, list.items),
      rows: page.rows.map((row) => this.live.row(row)),
      actions: this.#actions(),
      appUrl: this.config.appUrl,
      refused: this.traffic.refused.last,
      aside: markup`${outboxPanel(this.outbox.now, charts)}${faultForm(this.switches.state, request.url ?? '/')}`,
    });
    // Only the newest page grows; on the others the totals alone are live.
    const live = page.newer ? undefined : `/_local/live?list=trail&${filter.query().toString()}`;
    const title = page.rows.length === PAGE_SIZE && page.newer ? 'Audit trail, older events' : 'Audit trail';
    sendPage(response, this.layout.page({ title, at: 'trail', main, charts, ...(live !== undefined && { live }) }));
  }

  @Get('_local/events')
  events(): { events: readonly StoredEvent[] } {
    return { events: this.trail.events };
  }

  @Get('_local/events/:id')
  event(@Param('id') given: string, @Res() response: LocalResponse): void {
    const isJson = given.endsWith('.json');
    const id = isJson ? given.slice(0, -'.json'.length) : given;
    const { events } = this.trail;
    const index = events.findIndex((one) => one.id === id);
    const event = events[index];
    if (isJson) {
      return answerJson(response, event ? 200 : 404, event ?? { message: `There is no event '${id}' in the trail.` });
    }
    const [newer, older] = [events[index + 1], events[index - 1]];
    const main = event
      ? eventPage(event, this.live.organizationOf(event), { ...(newer && { newer }), ...(older && { older }) })
      : noEventPage(id);
    const title = event ? event.action : 'No such event';
    sendPage(response, this.layout.page({ title, at: 'trail', main }), event ? 200 : 404);
  }

  #actions(): string[] {
    return [
      ...new Set([...this.schemas.actions.map(({ name }) => name), ...this.trail.events.map((one) => one.action)]),
    ];
  }
}
