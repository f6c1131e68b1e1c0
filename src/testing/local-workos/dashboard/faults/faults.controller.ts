import { Body, Controller, Post, Req, Res, UseGuards } from '@nestjs/common';
import { answerJson } from '../../http/answer.js';
import { unprocessable } from '../../http/api-error.js';
import { NoApiKey } from '../../http/api-key.guard.js';
import type { LocalRequest, LocalResponse } from '../../http/local-request.js';
import { isJsonObject, own } from '../../json.js';
import { SameOriginGuard } from '../same-origin.guard.js';
import { FAULT_SWITCHES, FaultSwitches } from './fault.switches.js';

/** Throws a switch: the form's POST is sent back to its page, a program is answered with what events meet now. */
@Controller('_local/fault')
@NoApiKey()
@UseGuards(SameOriginGuard)
export class FaultsController {
  constructor(private readonly switches: FaultSwitches) {}

  @Post()
  set(@Body() body: unknown, @Req() request: LocalRequest, @Res() response: LocalResponse): void {
    const fields = isJsonObject(body) ? body : {};
    const state = this.switches.throw(own(fields, 'kind'));
    if (state === undefined) {
      throw unprocessable(`kind must be one of: ${FAULT_SWITCHES.map(({ kind }) => kind).join(', ')}`);
    }
    if (!request.headers.accept?.includes('text/html')) {
      return answerJson(response, 200, { kind: state.kind, message: state.sentence });
    }
    response.writeHead(303, { Location: pageOf(own(fields, 'back')), 'Cache-Control': 'no-store' }).end();
  }
}

/** A page of the dashboard, whatever was sent: this is no way to lead somebody elsewhere. */
function pageOf(back: unknown): string {
  return typeof back === 'string' && /^\/(?:_local\/[\w/.?=&%+-]*|\?[\w.=&%+*-]*)?$/.test(back) ? back : '/';
}
