import type { AuditActorInput, AuditGroup } from './actor/principal.js';
import { field, text } from './actor/reading.js';
import type { EventMetadata, RecordTargets, WithTargets } from './catalogue/typed.js';
import type { AuditEventContext, AuditMetadataInput } from './event/event.js';
import { describeValue } from './event/text.js';

/** An event by hand. Whatever is left out comes from the request, or from `runAs`. */
export type RecordInput<Action extends string = string> = WithTargets<Action, RecordTargets<Action>> & {
  readonly metadata?: EventMetadata<Action>;
} & RecordDetails;

/** What an event by hand may say of its own. */
export interface RecordDetails {
  /** Who did it, when that is not the user of the request, for example at a login that failed. */
  readonly actor?: AuditActorInput;
  readonly groups?: readonly AuditGroup[];
  readonly organizationId?: string;
  /** @default now */
  readonly occurredAt?: Date;
  readonly context?: AuditEventContext;
  /**
   * The open transaction of the change that is audited, so that they commit or roll back together: a client of
   * node-postgres, a transaction of Drizzle, Kysely, Knex or Prisma, or TypeORM's EntityManager. Needs an outbox in that
   * database, such as `pgBossOutbox`. @default the one of the outbox's `transactionHost`, if there is one
   */
  readonly transaction?: unknown;
}

/** The input of `record`, not typed by its action any more. */
export interface AnyRecordInput extends RecordDetails {
  readonly targets?: Readonly<Record<string, unknown>>;
  readonly metadata?: AuditMetadataInput;
}

/** What makes a call of `record` impossible, in words that say what to write instead. */
export function inputFault(action: unknown, input: unknown, occurredAt: unknown): string | undefined {
  if (typeof action !== 'string' || action.trim() === '') return `the action must be a name such as 'post.delete'`;
  if (typeof input !== 'object' || input === null)
    return `the input is ${describeValue(input)}; expected { targets, metadata }`;
  if (!(occurredAt instanceof Date) || Number.isNaN(occurredAt.getTime())) {
    return `\`occurredAt\` is ${describeValue(occurredAt)}; expected a valid Date`;
  }
  const { actor, targets, context, transaction } = input as AnyRecordInput;
  if (transaction === null) return '`transaction` is null; leave it out, or give the open one';
  if (actor !== undefined && text(field(actor, 'id')) === undefined)
    return `\`actor\` is ${describeValue(actor)}; expected { id, type?, name? }`;
  if (targets !== undefined && (typeof targets !== 'object' || targets === null || Array.isArray(targets))) {
    return `\`targets\` is ${describeValue(targets)}; expected an object by target type, such as { user: invitee.id }`;
  }
  if (context !== undefined && typeof context?.location !== 'string')
    return '`context` needs a `location`, such as an IP address';
  return undefined;
}
