import { AuditUsageError } from '../../audit.errors.js';
import type { AuditCatalogue } from '../../catalogue/define.js';
import { describeValue } from '../../event/text.js';

interface TrailEntity {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** An event of a trail, whether it was only recorded or has arrived at a `LocalWorkOS`. */
export interface AuditTrailEvent {
  readonly organizationId: string;
  readonly action: string;
  readonly version?: number;
  readonly occurredAt: string;
  readonly actor: TrailEntity;
  readonly targets: readonly TrailEntity[];
  readonly context: { readonly location: string; readonly userAgent?: string };
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What can be asked about events: a `RecordedAudit`, or a `LocalWorkOS`. */
export interface AuditTrail {
  readonly events: readonly AuditTrailEvent[];
}

/** An audited call that became no event, or an event that lost something. */
export interface TrailNote {
  readonly action: string;
  readonly reason: string;
}

/** A trail that knows more: see `RecordedAudit`. */
export interface KnowingTrail extends AuditTrail {
  readonly catalogue?: AuditCatalogue;
  readonly degraded?: readonly TrailNote[];
  readonly skipped?: readonly TrailNote[];
  readonly dropped?: readonly TrailNote[];
}

/** @throws AuditUsageError when it is no trail */
export function toTrail(received: unknown, caller: string): KnowingTrail {
  if (Array.isArray((received as Partial<AuditTrail> | null | undefined)?.events)) return received as KnowingTrail;
  throw new AuditUsageError(
    `${caller}: there are no \`events\` on ${describeValue(received)}. Give what app.get(RecordedAudit) answers where ` +
      'AuditTestingModule is imported, or a LocalWorkOS',
  );
}
