const insert = (state: string, values = [':id', ':action', ':organization', ':recordedAt', ':due', ':event']): string =>
  `INSERT INTO audit_outbox (state, id, action, organization, recorded_ms, due_ms, event)
   VALUES ('${state}', ${values.join(', ')})`;

const count = (state: string): string => `(SELECT entries FROM audit_outbox_count WHERE state = '${state}')`;

/** A partial index is used only where its own condition stands in the query, word for word. */
const taken = (state: string): string =>
  `(SELECT count(*) FROM audit_outbox
    WHERE state IN ('leased', 'held') AND state = '${state}' AND due_ms > :now)`;

const claimed = `SELECT seq, id, recorded_ms AS recordedAt, attempts, event, state FROM audit_outbox`;
const due = `state <> 'buried' AND due_ms <= :now`;
/** Put off by a clock that was ahead. An intent is left alone: the process that holds it renews its lease. */
const stray = `state <> 'buried' AND state <> 'held' AND due_ms > :far`;

const filtered = `state = 'buried' AND buried_ms <= :until AND (:id IS NULL OR id = :id)
   AND (:action IS NULL OR action = :action) AND (:organization IS NULL OR organization = :organization)`;

/** Every statement that the outbox runs, but for transactions and pragmas. */
export const sql = {
  /** By position: names are looked up for every event. */
  append: `${insert('pending', ['?1', '?2', '?3', '?4', '?5', '?6'])} ON CONFLICT (id) DO NOTHING`,

  anyDue: `SELECT 1 WHERE EXISTS (SELECT 1 FROM audit_outbox WHERE ${due}) OR EXISTS (SELECT 1 FROM audit_outbox WHERE ${stray})`,
  due: `${claimed} WHERE ${due} ORDER BY due_ms, seq LIMIT :limit`,
  stray: `${claimed} WHERE ${stray} ORDER BY due_ms, seq LIMIT :limit`,
  lease: `UPDATE audit_outbox SET state = 'leased', due_ms = :due, attempts = attempts + 1, replaced = 0 WHERE seq = :seq`,

  /** Its lease still runs, by the clock of the process that has it. */
  extend: `UPDATE audit_outbox SET due_ms = :due WHERE seq = :seq`,
  unclaim: `UPDATE audit_outbox SET state = 'pending', due_ms = iif(replaced, :now, min(recorded_ms, :now)),
      attempts = max(attempts - 1, 0), replaced = 0
    WHERE id = :id AND state = 'leased'`,

  complete: `DELETE FROM audit_outbox WHERE id = :id AND state IN ('pending', 'leased') AND replaced = 0`,
  completeReplaced: `UPDATE audit_outbox SET state = 'pending', due_ms = :now, replaced = 0
    WHERE id = :id AND replaced = 1`,
  retry: `UPDATE audit_outbox SET state = 'pending', due_ms = iif(replaced, :now, :at), last_error = :error, replaced = 0
    WHERE id = :id AND state IN ('pending', 'leased')`,
  bury: `UPDATE audit_outbox SET state = iif(replaced, 'pending', 'buried'), buried_ms = iif(replaced, NULL, :now),
      due_ms = :now, last_error = :error, replaced = 0
    WHERE id = :id AND state IN ('pending', 'leased')`,

  stats: `SELECT ${count('pending')} AS pending, ${count('leased')} AS allLeased, ${count('held')} AS allHeld,
      ${count('buried')} AS buried, ${taken('leased')} AS leased, ${taken('held')} AS held,
      (SELECT min(recorded_ms) FROM audit_outbox WHERE state <> 'buried') AS oldest`,

  buried: `SELECT seq, id, recorded_ms AS recordedAt, attempts, event, buried_ms AS buriedAt, last_error AS error
    FROM audit_outbox WHERE ${filtered} AND (buried_ms, seq) > (:buriedAt, :seq) ORDER BY buried_ms, seq LIMIT :limit`,
  redrive: `UPDATE audit_outbox SET state = 'pending', due_ms = :now, buried_ms = NULL, attempts = 0, last_error = NULL
    WHERE seq IN (SELECT seq FROM audit_outbox WHERE ${filtered} ORDER BY buried_ms, seq LIMIT :limit)`,

  /** Again for one that is still held: a longer lease. */
  hold: `${insert('held')} ON CONFLICT (id) DO UPDATE SET due_ms = excluded.due_ms WHERE state = 'held'`,
  /** One that is being sent stays leased; see \`replaced\` in the schema. */
  release: `${insert('pending')} ON CONFLICT (id) DO UPDATE SET action = excluded.action,
      organization = excluded.organization, recorded_ms = excluded.recorded_ms, event = excluded.event,
      replaced = (state = 'leased'), state = iif(state = 'leased', 'leased', 'pending'),
      due_ms = iif(state = 'leased', due_ms, excluded.due_ms), attempts = 0,
      buried_ms = NULL, last_error = NULL`,
  discard: `DELETE FROM audit_outbox WHERE id = :id AND state = 'held'`,
};
