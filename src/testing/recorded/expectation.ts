import type { AuditMetadataSchema } from '../../catalogue/define.js';
import type { AuditActionName, MetadataFor, MetadataSchemaOf, TargetTypeOf } from '../../catalogue/typed.js';
import type { RecordedEvent } from './recorded-event.js';

/** Such as `expect.any(String)`, of Vitest, Jest and others. */
export interface AsymmetricMatcher {
  asymmetricMatch(value: unknown): boolean;
}

/** A value, an asymmetric matcher, or for a text a pattern. */
export type Expected<Value> = Value | AsymmetricMatcher | (Value extends string ? RegExp : never);

/** An actor or a target: its id, or those of its fields that matter. */
export type ExpectedEntity =
  | Expected<string>
  | number
  | {
      readonly id?: Expected<string> | number;
      readonly name?: Expected<string>;
      readonly metadata?: Readonly<Record<string, unknown>>;
    };

type ExpectedMetadata<Schema> = [Schema] extends [AuditMetadataSchema]
  ? { readonly [Key in keyof Schema]?: Expected<NonNullable<MetadataFor<Schema>[Key & keyof MetadataFor<Schema>]>> }
  : Readonly<Record<string, unknown>>;

/** What an event must have; what is left out may be anything. */
export interface AuditExpectation<Action extends string = AuditActionName> {
  /**
   * By target type. One entity: there is such a target of the type. An array: these are all the targets of the type, in any
   * order; `[]` when there must be none.
   */
  readonly targets?: {
    readonly [Type in TargetTypeOf<Action>]?: ExpectedEntity | readonly ExpectedEntity[];
  };
  /** The actor's id, or `{ id, type, name, metadata }`. */
  readonly actor?: ExpectedEntity | { readonly type?: Expected<string> };
  /** These keys; a value of `undefined` means that the event must not have the key. */
  readonly metadata?: ExpectedMetadata<MetadataSchemaOf<Action>>;
  readonly organizationId?: Expected<string>;
  readonly context?: { readonly location?: Expected<string>; readonly userAgent?: Expected<string> };
  /** Version of the action's schema. */
  readonly version?: Expected<number>;
  readonly occurredAt?: Expected<string | Date>;
}

/** What must have been audited, and how often. */
export interface AuditedExpectation<Action extends string = AuditActionName> extends AuditExpectation<Action> {
  /** Exactly so many events match. @default at least one */
  readonly times?: number;
}

/** What an event must have, or a function that says whether it is the one. */
export type AuditEventMatch<Action extends AuditActionName = AuditActionName> =
  AuditExpectation<Action> | ((event: RecordedEvent<Action>) => boolean);

/** An expectation, not typed by its action any more. */
export interface AnyExpectation {
  readonly targets?: Readonly<Record<string, unknown>>;
  readonly times?: number;
  readonly [field: string]: unknown;
}
