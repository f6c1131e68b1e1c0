import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { NoApiKey } from '../../http/api-key.guard.js';
import { sendPage } from '../../http/html.js';
import type { LocalRequest, LocalResponse } from '../../http/local-request.js';
import { Traffic } from '../../http/traffic.js';
import { cursorIn } from '../list/cursor.js';
import { queryOf } from '../list/query.js';
import { select } from '../list/select.js';
import { DashboardLayout } from '../pages/dashboard.layout.js';
import { RefusedFilter } from './refused.filter.js';
import { noRefusalPage, refusalPage, refusedPage } from './refused.page.js';
import { refusedRow } from './refused.row.js';

/** What was refused, as pages. */
@Controller('_local/refused')
@NoApiKey()
export class RefusedController {
  constructor(
    private readonly traffic: Traffic,
    private readonly layout: DashboardLayout,
  ) {}

  @Get()
  page(@Req() request: LocalRequest, @Res() response: LocalResponse): void {
    const query = queryOf(request);
    const filter = new RefusedFilter(query);
    const { refused: list } = this.traffic;
    const page = select(list, (item) => filter.matches(item), query);
    const rows = page.rows.map((row) => refusedRow(row, list.generation));
    const main = refusedPage({ list, filter, page, rows });
    const live = page.newer ? {} : { live: `/_local/live?list=refused&${filter.query().toString()}` };
    sendPage(response, this.layout.page({ title: 'Refused', at: 'refused', main, ...live }));
  }

  @Get(':cursor')
  one(@Param('cursor') cursor: string, @Res() response: LocalResponse): void {
    const { refused: list } = this.traffic;
    const found = cursorIn(list, cursor);
    const refused = found && list.items[found.number - list.first];
    const main = refused ? refusalPage(refused) : noRefusalPage();
    const title = refused ? `Refused with ${refused.status}` : 'No such refusal';
    sendPage(response, this.layout.page({ title, at: 'refused', main }), refused ? 200 : 404);
  }
}
