import { Body, Controller, Headers, Post, Res } from '@nestjs/common';
import type { LocalResponse } from '../http/local-request.js';
import { ApiError } from '../http/api-error.js';
import { newId } from '../ids.js';
import { canonicalJson } from '../json.js';
import { LocalWorkOSConfig } from '../local-workos.options.js';
import type { StoredEvent } from '../local-workos.types.js';
import { Organizations } from '../organizations/organizations.js';
import { type EventBody, readEvent } from './event.body.js';
import { Idempotency } from './idempotency.js';
import { checkAgainstSchema } from './schema-check.js';
import { Schemas } from './schema.js';
import { Trail } from './trail.js';

/** `POST /audit_logs/events`: shape, organization, schema, idempotency, in WorkOS's order. */
@Controller('audit_logs/events')
export class EventsController {
  constructor(
    private readonly config: LocalWorkOSConfig,
    private readonly organizations: Organizations,
    private readonly schemas: Schemas,
    private readonly idempotency: Idempotency,
    private readonly trail: Trail,
  ) {}

  @Post()
  create(
    @Body() body: unknown,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) response: LocalResponse,
  ): { success: true } {
    const event = readEvent(body);
    this.organizations.get(event.organizationId);
    if (this.config.schemas === 'strict') this.checkSchema(event);
    if (!this.idempotency.seen(key, canonicalJson(event))) this.trail.add(toStored(event, key));
    response.statusCode = this.config.createdStatus;
    return { success: true };
  }

  private checkSchema(event: EventBody): void {
    const version = event.version ?? 1;
    const schema = this.schemas.find(event.action, version);
    if (schema !== undefined) {
      checkAgainstSchema(event, schema, this.config.unknownMetadataKeys);
      return;
    }
    const what = `event '${event.action}', version '${version}'`;
    const message = `Invalid Audit Log event: ${what} has not been configured in this environment.`;
    // Recorded from WorkOS in April 2026: this code, and no `errors`.
    throw new ApiError(400, { message, code: 'invalid_audit_log' });
  }
}

function toStored(event: EventBody, idempotencyKey: string | undefined): StoredEvent {
  return {
    id: newId('audit_log_event'),
    receivedAt: new Date(),
    ...event,
    version: event.version ?? 1,
    metadata: event.metadata ?? {},
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  };
}
