import type { AuditActorInput, AuditPrincipal } from '../actor/principal.js';
import type { AuditCatalogue, AuditMetadataSchema } from '../catalogue/define.js';
import type { SchemaVersions } from '../catalogue/versions.js';
import { conformMetadata, type UndeclaredMetadata } from './conform.js';
import type {
  AuditActor,
  AuditEvent,
  AuditEventContext,
  AuditMetadata,
  AuditMetadataInput,
  AuditTarget,
} from './event.js';
import { eventTargets } from './event-targets.js';
import { fitEvent, fitText } from './limits.js';
import { type Note, toMetadata } from './metadata.js';

/** What is known of an event before it is made. */
export interface EventDraft {
  readonly action: string;
  readonly principal: AuditPrincipal & { readonly organizationId: string };
  /** By target type: whatever the application or its resolvers gave. */
  readonly targets: Readonly<Record<string, unknown>>;
  readonly metadata?: AuditMetadataInput;
  readonly context: AuditEventContext;
  readonly occurredAt: Date;
  /** What already went wrong, such as a resolver that threw. */
  readonly faults: readonly string[];
}

/** What all events of an application have in common. */
export interface EventRules {
  readonly catalogue?: AuditCatalogue;
  /** Of the lock, where there is one. */
  readonly versions?: SchemaVersions;
  readonly redact: (key: string) => boolean;
  readonly undeclaredMetadata: UndeclaredMetadata;
}

/** Makes the event, acceptable to WorkOS whatever the draft holds, and says what it had to change. */
export function buildEvent(draft: EventDraft, rules: EventRules): { event: AuditEvent; faults: string[] } {
  const faults = [...draft.faults];
  const note = (fault: string): void => void faults.push(fault);
  const { actor } = draft.principal;
  const definition = rules.catalogue?.actions.get(draft.action);
  if (rules.catalogue && !definition) note('the action is not in the catalogue; add it to defineAuditEvents()');
  const metadataOf = (
    place: string,
    input: AuditMetadataInput | undefined,
    schema?: AuditMetadataSchema,
  ): AuditMetadata =>
    input === undefined
      ? {}
      : conformMetadata(place, toMetadata(input, rules.redact, note), schema, rules.undeclaredMetadata, note);
  const targets = eventTargets(draft, definition, rules.catalogue, { metadataOf, note });
  const types = typesOf(targets);
  const version = rules.versions?.of(draft.action, types, definition);
  if (rules.versions && version === undefined) {
    note(`the schema lock has no version of the action with the target types ${types.join(', ')}; none is sent`);
  }
  const { organizationId } = draft.principal;
  const action = fitText('the action', draft.action, note);
  const event: AuditEvent = {
    ...(version === undefined ? { organizationId, action } : { organizationId, action, version }),
    occurredAt: isoOf(draft.occurredAt.getTime()),
    actor: actorOf(actor, metadataOf('metadata of the actor', actor.metadata, definition?.actor?.metadata), note),
    targets,
    context: contextOf(draft.context, note),
    metadata: metadataOf('metadata', draft.metadata, definition?.metadata),
  };
  return { event: fitEvent(event, note), faults };
}

function actorOf(actor: AuditActorInput, metadata: AuditMetadata, note: Note): AuditActor {
  const id = fitText('the id of the actor', String(actor.id), note);
  const type = fitText('the type of the actor', actor.type ?? 'user', note);
  if (!actor.name) return { id, type, metadata };
  return { id, type, name: fitText('the name of the actor', actor.name, note), metadata };
}

function contextOf({ location: given, userAgent }: AuditEventContext, note: Note): AuditEventContext {
  const location = fitText('the location', given, note);
  // A client chooses its user agent; a long one is no fault of the application.
  return userAgent ? { location, userAgent: fitText('', userAgent, () => {}) } : { location };
}

/** Each type once. */
function typesOf(targets: readonly AuditTarget[]): string[] {
  const types: string[] = [];
  for (const { type } of targets) if (!types.includes(type)) types.push(type);
  return types;
}

let last = { time: 0, iso: new Date(0).toISOString() };

/** The time in ISO 8601. Many events fall into one millisecond. */
function isoOf(time: number): string {
  if (time !== last.time) last = { time, iso: new Date(time).toISOString() };
  return last.iso;
}
