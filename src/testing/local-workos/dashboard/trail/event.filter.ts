import type { StoredEntity, StoredEvent, StoredMetadata } from '../../local-workos.types.js';
import { Words } from '../list/words.js';
import { type TimeBound, timeBound } from './time-range.js';

/** What of the trail is to be seen, as the URL says it: `action` (several possible), `actor`, `target`, `q`, `from`, `to`. */
export class EventFilter {
  readonly actions: ReadonlySet<string>;
  readonly actor: Words;
  readonly target: Words;
  readonly text: Words;
  readonly from: TimeBound;
  readonly to: TimeBound;

  constructor(query: URLSearchParams) {
    this.actions = new Set(query.getAll('action').filter(Boolean));
    this.actor = new Words(query.get('actor'));
    this.target = new Words(query.get('target'));
    this.text = new Words(query.get('q'));
    this.from = timeBound('From', query.get('from'), 'start');
    this.to = timeBound('To', query.get('to'), 'end');
  }

  matches(event: StoredEvent): boolean {
    return this.hasAction(event) && this.matchesExceptAction(event);
  }

  hasAction({ action }: StoredEvent): boolean {
    return this.actions.size === 0 || this.actions.has(action);
  }

  /** For the numbers beside the actions: how many there would be if another were chosen. */
  matchesExceptAction(event: StoredEvent): boolean {
    return (
      this.#isInTime(event) &&
      this.actor.in(() => [entityText(event.actor)]) &&
      this.target.in(() => event.targets.map(entityText)) &&
      this.text.in(() => [eventText(event)])
    );
  }

  /** The same filter as a query, without what is empty, with other actions if some are given. */
  query(actions: Iterable<string> = this.actions): URLSearchParams {
    const query = new URLSearchParams(Array.from(actions, (action): [string, string] => ['action', action]));
    const { actor, target, text, from, to } = this;
    for (const [name, { text: value }] of Object.entries({ actor, target, q: text, from, to })) {
      if (value !== '') query.set(name, value);
    }
    return query;
  }

  #isInTime({ occurredAt }: StoredEvent): boolean {
    const { from, to } = this;
    if (from.at === undefined && to.at === undefined) return true;
    const at = Date.parse(occurredAt);
    return at >= (from.at ?? -Infinity) && at <= (to.at ?? Infinity);
  }
}

/** What a text filter looks through: every value, and the keys of metadata, but not the names of WorkOS's own fields. */
function eventText(event: StoredEvent): string {
  const { id, action, organizationId, actor, targets, context, metadata, idempotencyKey = '' } = event;
  const { location, userAgent = '' } = context;
  const own = [id, action, organizationId, location, userAgent, idempotencyKey, metadataText(metadata)];
  return [...own, entityText(actor), ...targets.map(entityText)].join('\n');
}

function entityText({ id, type, name = '', metadata = {} }: StoredEntity): string {
  return [type, id, name, metadataText(metadata)].join('\n');
}

function metadataText(metadata: StoredMetadata): string {
  return Object.entries(metadata)
    .map(([key, value]) => `${key}\n${value}`)
    .join('\n');
}
