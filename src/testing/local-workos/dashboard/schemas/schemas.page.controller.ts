import { Controller, Get, Res } from '@nestjs/common';
import { Schemas } from '../../audit-logs/schema.js';
import { Trail } from '../../audit-logs/trail.js';
import { NoApiKey } from '../../http/api-key.guard.js';
import { sendPage } from '../../http/html.js';
import type { LocalResponse } from '../../http/local-request.js';
import { LocalWorkOSConfig } from '../../local-workos.options.js';
import { DashboardLayout } from '../pages/dashboard.layout.js';
import { schemasPage } from './schemas.page.js';

/** The registered schemas, as a page. */
@Controller('_local/schemas')
@NoApiKey()
export class SchemasPageController {
  constructor(
    private readonly config: LocalWorkOSConfig,
    private readonly schemas: Schemas,
    private readonly trail: Trail,
    private readonly layout: DashboardLayout,
  ) {}

  @Get()
  page(@Res() response: LocalResponse): void {
    const counts = new Map<string, number>();
    for (const { action, version } of this.trail.events) {
      const key = JSON.stringify([action, version]);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const main = schemasPage({
      actions: this.schemas.actions,
      mode: this.config.schemas,
      events: (action, version) => counts.get(JSON.stringify([action, version])) ?? 0,
    });
    sendPage(response, this.layout.page({ title: 'Schemas', at: 'schemas', main }));
  }
}
