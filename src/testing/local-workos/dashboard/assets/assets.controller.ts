import { Controller, Get, Res } from '@nestjs/common';
import { notFound } from '../../http/api-error.js';
import { NoApiKey } from '../../http/api-key.guard.js';
import type { LocalResponse } from '../../http/local-request.js';
import { chartFiles } from '../outbox/chart.files.js';
import { DASHBOARD_SCRIPT } from './script.js';
import { DASHBOARD_STYLE } from './style.js';

/** The dashboard's own script and style, and uPlot's, where it is installed. */
@Controller('_local/assets')
@NoApiKey()
export class AssetsController {
  @Get('dashboard.css')
  style(@Res() response: LocalResponse): void {
    send(response, 'text/css', DASHBOARD_STYLE);
  }

  @Get('dashboard.js')
  script(@Res() response: LocalResponse): void {
    send(response, 'text/javascript', DASHBOARD_SCRIPT);
  }

  @Get('uplot.css')
  chartStyle(@Res() response: LocalResponse): void {
    send(response, 'text/css', chartFiles()?.style);
  }

  @Get('uplot.js')
  chartScript(@Res() response: LocalResponse): void {
    send(response, 'text/javascript', chartFiles()?.script);
  }
}

function send(response: LocalResponse, type: string, text: string | undefined): void {
  if (text === undefined) throw notFound('Package', 'uplot');
  response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'no-cache' }).end(text);
}
