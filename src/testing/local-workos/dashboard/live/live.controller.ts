import { Controller, Get, Headers, Req, Res } from '@nestjs/common';
import { merge } from 'rxjs';
import { Trail } from '../../audit-logs/trail.js';
import { NoApiKey } from '../../http/api-key.guard.js';
import type { LocalRequest, LocalResponse } from '../../http/local-request.js';
import { Traffic } from '../../http/traffic.js';
import { faultBanner } from '../faults/fault.form.js';
import { FaultSwitches } from '../faults/fault.switches.js';
import { cursorIn } from '../list/cursor.js';
import { queryOf } from '../list/query.js';
import { OutboxWatch } from '../outbox/outbox.watch.js';
import { outboxMessage } from '../outbox/outbox.panel.js';
import { RefusedLive } from '../refused/refused.live.js';
import { TrailLive } from '../trail/trail.live.js';
import { keepLive } from './live.connection.js';
import { LiveRows } from './live.rows.js';
import type { RowFeed } from './live.view.js';

/**
 * The live messages: `rows` of the list named by `list` (`trail` or `refused`) under the filter of the URL, and each
 * second a `pulse` with the totals, the fault and the outbox. They go on from `Last-Event-ID`, else from `since`.
 */
@Controller('_local/live')
@NoApiKey()
export class LiveController {
  constructor(
    private readonly trail: Trail,
    private readonly traffic: Traffic,
    private readonly trailLive: TrailLive,
    private readonly refusedLive: RefusedLive,
    private readonly switches: FaultSwitches,
    private readonly outbox: OutboxWatch,
  ) {}

  @Get()
  live(
    @Req() request: LocalRequest,
    @Headers('last-event-id') last: string | undefined,
    @Res() response: LocalResponse,
  ): void {
    if (request.method === 'HEAD') return void response.end();
    const query = queryOf(request);
    const since = last ?? query.get('since');
    keepLive(response, {
      rows: this.#rows(query, since),
      changes: merge(this.trail.added, this.trail.cleared, this.traffic.refusals),
      hello: () => ({ ...this.#pulse(), history: this.outbox.history() }),
      pulse: () => this.#pulse(),
    });
  }

  #rows(query: URLSearchParams, since: string | null): RowFeed | undefined {
    if (query.get('list') === 'trail') {
      return new LiveRows(this.trailLive.view(query), cursorIn(this.trail.list, since));
    }
    if (query.get('list') !== 'refused') return undefined;
    return new LiveRows(this.refusedLive.view(query), cursorIn(this.traffic.refused, since));
  }

  #pulse() {
    const { state } = this.switches;
    return {
      totals: { trail: this.trail.list.last, refused: this.traffic.refused.last },
      fault: { kind: state.kind, banner: faultBanner(state).toString() },
      outbox: outboxMessage(this.outbox.now),
    };
  }
}
