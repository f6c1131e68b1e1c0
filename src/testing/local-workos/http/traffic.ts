import type { LoggerService } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { RecordedRequest, RefusedRequest } from '../local-workos.types.js';
import { BoundedList } from './bounded-list.js';

/** What went over the wire: the last 50,000 requests and the last 10,000 refusals. */
export class Traffic {
  readonly requests = new BoundedList<RecordedRequest>(50_000);
  readonly refused = new BoundedList<RefusedRequest>(10_000);
  /** Each refusal as it happens. */
  readonly refusals = new Subject<RefusedRequest>();

  constructor(private readonly logger?: LoggerService) {}

  refuse(request: RecordedRequest | undefined, status: number, answer: unknown, reason?: string): void {
    if (request === undefined) return;
    const { method, path, body } = request;
    const refused = { at: new Date(), method, path, status, body, answer, ...(reason !== undefined && { reason }) };
    this.refused.add(refused);
    this.refusals.next(refused);
    this.logger?.warn(`${method} ${path} ${status}: ${reason ?? JSON.stringify(answer)}`, 'LocalWorkOS');
  }

  clear(): void {
    this.requests.clear();
    this.refused.clear();
  }
}
