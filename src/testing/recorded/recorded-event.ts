import type { AuditMetadataSchema } from '../../catalogue/define.js';
import type { AuditActionName, MetadataSchemaOf } from '../../catalogue/typed.js';
import type { AuditEvent, AuditMetadata } from '../../event/event.js';

interface StoredTypes {
  string: string;
  number: number;
  boolean: boolean;
}

/** The metadata of an event as it is stored: of the types of the schema, where the action has one. */
type StoredMetadataOf<Schema> = [Schema] extends [AuditMetadataSchema]
  ? { readonly [Key in keyof Schema]?: StoredTypes[Schema[Key]] }
  : Readonly<AuditMetadata>;

interface EventOf<Action extends string> extends Omit<AuditEvent, 'action' | 'metadata'> {
  readonly action: Action;
  readonly metadata: StoredMetadataOf<MetadataSchemaOf<Action>>;
}

/**
 * A recorded event, frozen, just as it would have been sent. With a catalogue in `AuditRegistry` it is typed by its action.
 */
export type RecordedEvent<Action extends AuditActionName = AuditActionName> = Action extends AuditActionName
  ? EventOf<Action>
  : never;
