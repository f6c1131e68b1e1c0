import { Body, Controller, Get, HttpCode, Post, Res, Sse, UseGuards } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { Trail } from '../audit-logs/trail.js';
import { Faults } from '../faults/faults.js';
import { unprocessable } from '../http/api-error.js';
import { NoApiKey } from '../http/api-key.guard.js';
import { sendPage } from '../http/html.js';
import type { LocalResponse } from '../http/local-request.js';
import { isJsonObject, own } from '../json.js';
import { LocalWorkOSConfig } from '../local-workos.options.js';
import type { StoredEvent } from '../local-workos.types.js';
import { FAULT_KINDS } from './fault-switch.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { TrailFeed, type TrailUpdate } from './trail.feed.js';
import { trailPage } from './trail.page.js';

/** The live page, its event stream, its fault switches, and the trail as JSON. No API key: a person looks at it. */
@Controller()
@NoApiKey()
export class DashboardController {
  constructor(
    private readonly config: LocalWorkOSConfig,
    private readonly feed: TrailFeed,
    private readonly trail: Trail,
    private readonly faults: Faults,
  ) {}

  @Get()
  page(@Res() response: LocalResponse): void {
    sendPage(response, trailPage(this.feed.view(), this.config.url));
  }

  @Sse('_local/trail')
  stream(): Observable<{ data: TrailUpdate }> {
    return this.feed.updates();
  }

  @Get('_local/events')
  events(): { events: readonly StoredEvent[] } {
    return { events: this.trail.events };
  }

  @Post('_local/fault')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  fault(@Body() body: unknown): { message: string } {
    const kind = isJsonObject(body) ? own(body, 'kind') : undefined;
    const chosen = FAULT_KINDS.find((one) => one.kind === kind);
    if (chosen === undefined)
      throw unprocessable(`kind must be one of: ${FAULT_KINDS.map((one) => one.kind).join(', ')}`);
    this.faults.heal();
    if (chosen.fault !== undefined) this.faults.add(chosen.fault);
    return { message: chosen.message };
  }
}
