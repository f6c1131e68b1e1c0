import type { DeliveryError } from '../../outbox/outbox.js';
import { messageOf } from '../../event/text.js';
import { recordOf } from '../../schemas/schema.wire.js';
import type { EventState, OutboxItem, WholeItem } from './outbox.inspector.js';

/** As in the counts of the outbox: what was leased or held is pending when its lease has run out. */
const stateNow = `iif(state IN ('leased', 'held') AND due_ms <= :now, 'pending', state)`;

/** Each in words that a partial index of the outbox has. */
const conditions: Readonly<Record<EventState | 'all', string>> = {
  pending: `state <> 'buried' AND (state = 'pending' OR due_ms <= :now)`,
  leased: `state IN ('leased', 'held') AND state = 'leased' AND due_ms > :now`,
  held: `state IN ('leased', 'held') AND state = 'held' AND due_ms > :now`,
  buried: `state = 'buried'`,
  all: 'TRUE',
};

const columns = `id, recorded_ms AS recordedAt, action, organization AS organizationId, ${stateNow} AS state, attempts,
  due_ms AS dueAt, buried_ms AS buriedAt, last_error AS error`;

const matching = `(:action IS NULL OR action = :action) AND (:organization IS NULL OR organization = :organization)`;

const selected = `state = 'buried' AND buried_ms <= :until AND ${matching}
  AND (:ids = '[]' OR id IN (SELECT value FROM json_each(:ids)))`;

/** What the commands ask beyond what the outbox itself does. */
export const queries = {
  list: (state: EventState | 'all'): string =>
    `SELECT ${columns} FROM audit_outbox WHERE ${conditions[state]} AND ${matching}
     ORDER BY recorded_ms, seq LIMIT :limit`,
  total: (state: EventState | 'all'): string =>
    `SELECT count(*) AS total, :now AS now FROM audit_outbox WHERE ${conditions[state]} AND ${matching}`,
  find: `SELECT ${columns}, event FROM audit_outbox WHERE id = :id`,
  countBuried: `SELECT count(*) AS total FROM audit_outbox WHERE ${selected}`,
  buriedPage: `SELECT seq, ${columns}, event FROM audit_outbox WHERE ${selected}
    AND (buried_ms, seq) > (:buriedAt, :seq) ORDER BY buried_ms, seq LIMIT :limit`,
  /** By all that says that it is the one that was seen: a row's number may be given again, and an event buried again. */
  remove: `DELETE FROM audit_outbox WHERE seq = :seq AND id = :id AND state = 'buried' AND buried_ms = :buriedAt`,
};

/** A row of `list`. */
export interface ItemRow extends Omit<OutboxItem, 'buriedAt' | 'error'> {
  readonly buriedAt: number | null;
  readonly error: string | null;
}

/** A row of `find`. */
export interface WholeRow extends ItemRow {
  readonly event: string;
}

/** A row of `buriedPage`. */
export interface BuriedPageRow extends WholeRow {
  readonly seq: number;
  readonly buriedAt: number;
}

export function toItem(row: ItemRow): OutboxItem {
  const { id, recordedAt, action, organizationId, state, attempts, dueAt, buriedAt, error } = row;
  return {
    id,
    recordedAt,
    action,
    organizationId,
    state,
    attempts,
    ...(buriedAt === null ? { dueAt } : { buriedAt }),
    ...(error !== null && { error: errorIn(error) }),
  };
}

export function toWholeItem(row: WholeRow): WholeItem {
  return { ...toItem(row), event: eventIn(row.event) };
}

/** A file that was edited by hand must be shown, too. */
function errorIn(text: string): DeliveryError {
  try {
    const { message, ...rest } = recordOf(JSON.parse(text));
    return typeof message === 'string' ? { message, ...rest } : { message: text };
  } catch {
    return { message: text };
  }
}

function eventIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    return { unreadable: messageOf(error), text };
  }
}
