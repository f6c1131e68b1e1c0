import { Inject, Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { messageOf } from '../event/text.js';
import { Inquiry } from '../telemetry/inquiry.js';
import { AuditLogStreams } from './audit-log-streams.js';
import type { AuditLogStreamStatus } from './stream.status.js';

/** Whose stream is watched, and from when on it is not healthy. */
export interface AuditLogStreamHealthOptions {
  /** The customer's organization at WorkOS, `org_…`. */
  readonly organizationId: string;
  /** Whether it is not healthy that there is no stream, or that it is switched off. @default false */
  readonly required?: boolean;
  /** How long an answer of WorkOS is good for, in milliseconds, so that a probe every second asks once a minute. @default 60_000 */
  readonly cacheMs?: number;
  /** How long WorkOS may take to answer, in milliseconds. @default 3_000 */
  readonly timeoutMs?: number;
  /**
   * What a stream that is not healthy is, and what it is when WorkOS gives no answer: `down`, which answers 503, or `degraded`,
   * which answers 200; @nestjs/terminus 11 knows only `down`. @default 'down'
   */
  readonly status?: 'down' | 'degraded';
}

/** An answer that failed is good for this share of `cacheMs`. */
const FAILURE_SHARE = 1 / 6;

/** So many organizations are remembered. */
const MAX_ORGANIZATIONS = 1_000;

interface Asked {
  readonly inquiry: Inquiry<AuditLogStreamStatus>;
  answer?: { readonly at: number; readonly value?: AuditLogStreamStatus; readonly error?: unknown };
}

/**
 * Tells @nestjs/terminus whether the log stream of an organization delivers: a stream in error delivers nothing, although
 * WorkOS accepts every event, and no webhook tells of it. A customer's SIEM that is down does not make the application unable
 * to serve, so ask it where an alert is raised, and not where traffic is taken away.
 *
 * @example
 * this.health.check([() => this.stream.isHealthy('siem', { organizationId: 'org_1', status: 'degraded' })])
 */
@Injectable()
export class AuditLogStreamHealthIndicator {
  readonly #asked = new Map<string, Asked>();

  constructor(
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(AuditLogStreams) private readonly streams: AuditLogStreams,
  ) {}

  /** Never rejects. */
  async isHealthy<const Key extends string>(
    key: Key,
    options: AuditLogStreamHealthOptions,
  ): Promise<HealthIndicatorResult<Key>> {
    const indicator = this.indicators.check(key);
    const { status, error } = await this.#ask(options);
    const stream = status?.logStream;
    const details: Record<string, string | null> = stream
      ? { type: stream.type, state: stream.state, lastSyncedAt: stream.lastSyncedAt?.toISOString() ?? null }
      : {};
    const message = status ? problemOf(status, options.required ?? false) : `WorkOS does not tell: ${messageOf(error)}`;
    if (message === undefined) return indicator.up(details);
    return options.status === 'degraded' && 'degraded' in indicator
      ? indicator.degraded({ ...details, message })
      : indicator.down({ ...details, message });
  }

  async #ask(options: AuditLogStreamHealthOptions): Promise<{ status?: AuditLogStreamStatus; error?: unknown }> {
    const { organizationId, cacheMs = 60_000, timeoutMs = 3_000 } = options;
    const asked = this.#of(organizationId);
    const { answer } = asked;
    const goodFor = answer?.value ? cacheMs : cacheMs * FAILURE_SHARE;
    if (answer && performance.now() - answer.at < goodFor) return { status: answer.value, error: answer.error };
    const told = await asked.inquiry.ask(timeoutMs);
    asked.answer = { at: performance.now(), ...(told.ok ? { value: told.value } : { error: told.error }) };
    return { status: asked.answer.value, error: asked.answer.error };
  }

  #of(organizationId: string): Asked {
    const known = this.#asked.get(organizationId);
    if (known) return known;
    const asked = { inquiry: new Inquiry(async () => this.streams.status(organizationId)) };
    const [oldest] = this.#asked.keys();
    if (this.#asked.size >= MAX_ORGANIZATIONS && oldest !== undefined) this.#asked.delete(oldest);
    this.#asked.set(organizationId, asked);
    return asked;
  }
}

function problemOf({ logStream, problem }: AuditLogStreamStatus, required: boolean): string | undefined {
  if (problem !== null) return problem;
  if (!required || logStream?.state === 'active') return undefined;
  return logStream ? `the ${logStream.type} stream is in state '${logStream.state}'` : 'there is no log stream';
}
