import { Inject, Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { AuditService, type AuditStats } from './audit.service.js';
import { messageOf } from './event/text.js';
import { Inquiry } from './telemetry/inquiry.js';

export { AuditLogStreamHealthIndicator, type AuditLogStreamHealthOptions } from './streams/stream.health.js';

/** From when on the trail is not healthy. */
export interface AuditHealthOptions {
  /** The oldest event that waits may be this old, in milliseconds. @default 900_000 (15 minutes) */
  readonly maxOldestAgeMs?: number;
  /** So many events may be buried: each needs a person, who sends it again or removes it. @default 0 */
  readonly maxBuried?: number;
  /** Whether it is not healthy that WorkOS refuses the API key, so that events wait. @default true */
  readonly pausedIsDown?: boolean;
  /** How long the outbox may take to answer, in milliseconds. @default 1_000 */
  readonly timeoutMs?: number;
  /**
   * What a trail that is not healthy is: `down`, which answers 503, or `degraded`, which answers 200; @nestjs/terminus 11
   * knows only `down`. An outbox that gives no answer is always down. @default 'down'
   */
  readonly status?: 'down' | 'degraded';
}

/**
 * Tells @nestjs/terminus how the audit trail is. Provide it where `TerminusModule` is imported; `AuditModule` is global.
 * An outage of WorkOS does not make the application unable to serve, so ask it where an alert is raised, and not where
 * traffic is taken away, unless `status` is `degraded`.
 *
 * @example
 * this.health.check([() => this.audit.isHealthy('audit', { maxOldestAgeMs: 60 * 60_000 })])
 */
@Injectable()
export class AuditHealthIndicator {
  readonly #inquiry: Inquiry<AuditStats>;

  constructor(
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(AuditService) audit: AuditService,
  ) {
    this.#inquiry = new Inquiry(async () => audit.stats());
  }

  /** Never rejects. */
  async isHealthy<const Key extends string>(
    key: Key,
    options: AuditHealthOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    const { timeoutMs = 1_000, status = 'down' } = options;
    const indicator = this.indicators.check(key);
    const asked = await this.#inquiry.ask(timeoutMs);
    if (!asked.ok) return indicator.down({ message: `the outbox does not answer: ${messageOf(asked.error)}` });
    const { pending, oldestAgeMs = 0, buried, dropped, paused } = asked.value;
    const details = { pending, oldestAgeMs, buried, dropped, paused };
    const faults = faultsOf(asked.value, options);
    if (faults.length === 0) return indicator.up(details);
    const message = faults.join('; ');
    return status === 'degraded' && 'degraded' in indicator
      ? indicator.degraded({ ...details, message })
      : indicator.down({ ...details, message });
  }
}

function faultsOf({ oldestAgeMs = 0, buried, paused }: AuditStats, options: AuditHealthOptions): string[] {
  const { maxOldestAgeMs = 15 * 60_000, maxBuried = 0, pausedIsDown = true } = options;
  const faults: [boolean, string][] = [
    [oldestAgeMs > maxOldestAgeMs, `the oldest event waits for ${oldestAgeMs} ms, over ${maxOldestAgeMs} ms`],
    [buried > maxBuried, `${buried} events are buried, over ${maxBuried}`],
    [paused && pausedIsDown, 'WorkOS refuses the API key, so events wait'],
  ];
  return faults.filter(([is]) => is).map(([, fault]) => fault);
}
