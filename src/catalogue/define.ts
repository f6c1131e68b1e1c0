import { AuditConfigurationError } from '../audit.errors.js';

/** The type of a metadata value in a schema. */
export type AuditMetadataType = 'string' | 'number' | 'boolean';

/** Metadata keys and the type of each. */
export type AuditMetadataSchema = Readonly<Record<string, AuditMetadataType>>;

/** A target type of an action; see {@link optional} and {@link target}. */
export interface AuditTargetDefinition<
  Type extends string = string,
  Optional extends boolean = boolean,
  Schema extends AuditMetadataSchema | undefined = AuditMetadataSchema | undefined,
> {
  readonly type: Type;
  readonly optional: Optional;
  readonly metadata?: Schema;
}

/** One action of the catalogue. */
export interface AuditEventDefinition {
  /** For people who read the catalogue; never sent. */
  readonly description?: string;
  /** The target types. WorkOS demands that an event has exactly these, hence {@link optional}. */
  readonly targets: readonly (string | AuditTargetDefinition)[];
  readonly metadata?: AuditMetadataSchema;
  readonly actor?: { readonly metadata: AuditMetadataSchema };
}

/** The actions of a catalogue, by name. */
export type AuditEventDefinitions = Readonly<Record<string, AuditEventDefinition>>;

/** Refuses a misspelt field, which a generic parameter would let through. */
type OnlyKnownFields<Definition> = { readonly [Field in Exclude<keyof Definition, keyof AuditEventDefinition>]: never };

/** What holds for all actions: which target types fill themselves (`false` turns one off), and what actors have. */
export interface AuditCatalogueOptions<
  ActorTarget extends string | false = string | false,
  GroupTarget extends string | false = string | false,
> {
  /** The target type that stands for the actor. @default 'user' */
  readonly actorTarget?: ActorTarget;
  /** The target type that stands for each of the actor's groups. @default 'team' */
  readonly groupTarget?: GroupTarget;
  /**
   * Metadata of the actor that every action has, beside its own `actor.metadata`. An application whose users can be
   * impersonated gives {@link impersonatorMetadata}.
   *
   * @default none
   */
  readonly actorMetadata?: AuditMetadataSchema;
}

/** An action of a catalogue, in its one normal form. */
export interface AuditAction {
  readonly action: string;
  readonly description?: string;
  readonly targets: readonly AuditTargetDefinition[];
  readonly metadata?: AuditMetadataSchema;
  readonly actor?: { readonly metadata: AuditMetadataSchema };
}

/** What an application audits. Made by {@link defineAuditEvents}. */
export interface AuditCatalogue<
  Events extends AuditEventDefinitions = AuditEventDefinitions,
  ActorTarget extends string | false = string | false,
  GroupTarget extends string | false = string | false,
> {
  /** The definitions as they were given. */
  readonly events: Events;
  /** The same, in their normal form. */
  readonly actions: ReadonlyMap<string, AuditAction>;
  readonly actorTarget: ActorTarget;
  readonly groupTarget: GroupTarget;
}

/** A target type that an event may have or lack. It stands for two versions of the schema, with it and without it. */
export function optional<const Type extends string, const Schema extends AuditMetadataSchema | undefined = undefined>(
  type: Type,
  metadata?: Schema,
): AuditTargetDefinition<Type, true, Schema> {
  return { type, optional: true, metadata };
}

/** A target type that every event of the action has, with metadata of its own. */
export function target<const Type extends string, const Schema extends AuditMetadataSchema>(
  type: Type,
  metadata: Schema,
): AuditTargetDefinition<Type, false, Schema> {
  return { type, optional: false, metadata };
}

const FIELDS: readonly string[] = ['description', 'targets', 'metadata', 'actor'];

const METADATA_TYPES: readonly string[] = ['string', 'number', 'boolean'];

/** Above this, the number of schema versions of one action (2 to the power of it) stops being something to review. */
const MAX_OPTIONAL_TARGETS = 4;

/**
 * The catalogue: the one list of what an application audits.
 *
 * @example
 * export const auditEvents = defineAuditEvents({ 'post.delete': { targets: ['post', 'user', optional('team')] } });
 * @throws AuditConfigurationError with every mistake of the list, each with its action.
 */
export function defineAuditEvents<
  const Events extends AuditEventDefinitions,
  const ActorTarget extends string | false = 'user',
  const GroupTarget extends string | false = 'team',
>(
  events: Events & { readonly [Action in keyof Events]: OnlyKnownFields<Events[Action]> },
  options: AuditCatalogueOptions<ActorTarget, GroupTarget> = {},
): AuditCatalogue<Events, ActorTarget, GroupTarget> {
  const faults = Object.entries(events).flatMap(([action, definition]) =>
    faultsOf(action, definition).map((fault) => `'${action}': ${fault}`),
  );
  faults.push(...metadataFaults('actorMetadata', options.actorMetadata));
  if (faults.length > 0) throw new AuditConfigurationError('defineAuditEvents()', faults);
  const actions = Object.entries(events).map(([action, definition]): [string, AuditAction] => [
    action,
    { ...definition, action, targets: definition.targets.map(normalTarget), ...actorOf(definition, options) },
  ]);
  return {
    events,
    actions: new Map(actions),
    // The defaults of the type parameters are these.
    actorTarget: options.actorTarget ?? ('user' as ActorTarget),
    groupTarget: options.groupTarget ?? ('team' as GroupTarget),
  };
}

/** Nothing, where neither declares any: WorkOS then accepts whatever an actor has. */
function actorOf(
  { actor }: AuditEventDefinition,
  { actorMetadata }: Pick<AuditCatalogueOptions, 'actorMetadata'>,
): Pick<AuditAction, 'actor'> {
  return actorMetadata ? { actor: { metadata: { ...actorMetadata, ...actor?.metadata } } } : {};
}

function normalTarget(definition: string | AuditTargetDefinition): AuditTargetDefinition {
  return typeof definition === 'string' ? { type: definition, optional: false } : definition;
}

function faultsOf(action: string, definition: AuditEventDefinition): string[] {
  const faults: string[] = [];
  if (!/^[^\s./]+(\.[^\s./]+)+$/.test(action)) {
    faults.push(`an action is a name such as 'post.delete': a group, a dot, a verb, without spaces or slashes`);
  }
  if (typeof definition !== 'object' || definition === null || !Array.isArray(definition.targets)) {
    return [...faults, `needs \`targets\`, a list of target types such as ['post', 'user', optional('team')]`];
  }
  for (const field of Object.keys(definition)) {
    if (!FIELDS.includes(field)) faults.push(`there is no field \`${field}\`; the fields are ${FIELDS.join(', ')}`);
  }
  const targets = definition.targets.map(normalTarget);
  if (targets.length === 0) faults.push('`targets` is empty; WorkOS wants at least one target type');
  const types = targets.map(({ type }) => type);
  for (const type of types) {
    if (typeof type !== 'string' || type.trim() === '') faults.push(`a target type is empty`);
    else if (types.indexOf(type) !== types.lastIndexOf(type)) faults.push(`the target type '${type}' is there twice`);
  }
  const free = targets.filter((one) => one.optional);
  if (free.length === targets.length && targets.length > 0) {
    faults.push('every target type is optional; WorkOS wants at least one target in each event');
  }
  if (free.length > MAX_OPTIONAL_TARGETS) {
    faults.push(
      `has ${free.length} optional target types, at most ${MAX_OPTIONAL_TARGETS} are possible: each doubles the number of schema versions`,
    );
  }
  faults.push(
    ...metadataFaults('metadata', definition.metadata),
    ...metadataFaults('actor.metadata', definition.actor?.metadata),
  );
  for (const { type, metadata } of targets) faults.push(...metadataFaults(`metadata of target '${type}'`, metadata));
  return [...new Set(faults)];
}

function metadataFaults(place: string, metadata: AuditMetadataSchema | undefined): string[] {
  const entries = Object.entries(metadata ?? {});
  const faults = entries.flatMap(([key, type]) => [
    ...(/^[a-zA-Z0-9_-]{1,40}$/.test(key) ? [] : [`${place}: the key '${key}' must be 1 to 40 of [a-zA-Z0-9_-]`]),
    ...(METADATA_TYPES.includes(type) ? [] : [`${place}: '${key}' must be 'string', 'number' or 'boolean'`]),
  ]);
  return entries.length > 50 ? [...faults, `${place}: has ${entries.length} keys, WorkOS allows 50`] : faults;
}
