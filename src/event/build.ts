import type { AuditPrincipal } from '../actor/principal.js';
import type { AuditCatalogue } from '../catalogue/define.js';
import { versionFor, type AuditSchemaLock } from '../catalogue/versions.js';
import type { AuditEvent, AuditEventContext, AuditMetadataInput, AuditTarget } from './event.js';
import { fitEvent, fitText } from './limits.js';
import { toMetadata } from './metadata.js';
import { distinctTargets, toTargets, UNKNOWN_TARGET_ID } from './targets.js';

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
  readonly lock?: AuditSchemaLock;
  readonly redact: (key: string) => boolean;
}

/** The target types that fill themselves in an application without a catalogue. */
const DEFAULT_TYPES = { actorTarget: 'user', groupTarget: 'team' };

/** Makes the event, acceptable to WorkOS whatever the draft holds, and says what it had to change. */
export function buildEvent(draft: EventDraft, rules: EventRules): { event: AuditEvent; faults: string[] } {
  const faults = [...draft.faults];
  const note = (fault: string): void => void faults.push(fault);
  const { actor } = draft.principal;
  const targets = targetsOf(draft, rules, note);
  const types = new Set(targets.map(({ type }) => type));
  const version = versionFor(rules.lock, draft.action, types);
  if (rules.lock && version === undefined) {
    note(`the schema lock has no version of the action with the target types ${[...types].join(', ')}; none is sent`);
  }
  const event: AuditEvent = {
    organizationId: draft.principal.organizationId,
    action: fitText('the action', draft.action, note),
    ...(version !== undefined && { version }),
    occurredAt: draft.occurredAt.toISOString(),
    actor: {
      id: fitText('the id of the actor', String(actor.id), note),
      type: fitText('the type of the actor', actor.type ?? 'user', note),
      ...(actor.name && { name: fitText('the name of the actor', actor.name, note) }),
      metadata: toMetadata(actor.metadata, rules.redact, note),
    },
    targets,
    context: {
      location: fitText('the location', draft.context.location, note),
      // A client chooses its user agent; a long one is no fault of the application.
      ...(draft.context.userAgent && { userAgent: fitText('', draft.context.userAgent, () => {}) }),
    },
    metadata: toMetadata(draft.metadata, rules.redact, note),
  };
  return { event: fitEvent(event, note), faults };
}

function targetsOf(draft: EventDraft, rules: EventRules, note: (fault: string) => void): AuditTarget[] {
  const { catalogue } = rules;
  const definition = catalogue?.actions.get(draft.action);
  if (catalogue && !definition) note(`the action is not in the catalogue; add it to defineAuditEvents()`);
  const declared = definition?.targets.map(({ type }) => type);
  const filled = filledTargets(draft.principal, catalogue ?? DEFAULT_TYPES).filter(
    ([type]) => declared?.includes(type) ?? true,
  );
  const given = Object.entries(draft.targets);
  const targets = [...filled, ...given].flatMap(([type, input]) => {
    if (declared && !declared.includes(type)) {
      note(`target '${type}' is not a target type of the action in the catalogue and was left out`);
      return [];
    }
    return toTargets(type, input, rules.redact, note);
  });
  const required =
    definition?.targets.filter(({ optional }) => !optional).map(({ type }) => type) ?? Object.keys(draft.targets);
  for (const type of required) {
    if (targets.some((target) => target.type === type)) continue;
    note(`there is no target '${type}'; its id is recorded as '${UNKNOWN_TARGET_ID}'`);
    targets.push({ type, id: UNKNOWN_TARGET_ID, metadata: {} });
  }
  return distinctTargets(targets);
}

function filledTargets(
  { actor, groups = [] }: AuditPrincipal,
  { actorTarget, groupTarget }: { actorTarget: string | false; groupTarget: string | false },
): [string, unknown][] {
  return [
    ...(actorTarget === false ? [] : [[actorTarget, { id: actor.id, name: actor.name }] satisfies [string, unknown]]),
    ...(groupTarget === false ? [] : groups.map((group): [string, unknown] => [groupTarget, group])),
  ];
}
