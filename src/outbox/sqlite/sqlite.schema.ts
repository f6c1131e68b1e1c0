import type { DatabaseSync } from 'node:sqlite';

/** `PRAGMA application_id` of an outbox: "NWAO". */
export const APPLICATION_ID = 0x4e_57_41_4f;

/**
 * The format of the file. `PRAGMA user_version` says how many of these migrations it has seen; a release adds one at the
 * end and never changes one that was published.
 *
 * Table `audit_outbox`, one row an event, made to be read with the `sqlite3` tool:
 *
 * | column | |
 * | --- | --- |
 * | `id` | of the event, and its idempotency key at WorkOS |
 * | `action`, `organization` | copies out of `event` |
 * | `state` | `pending` waits until `due_at`; `leased` is being sent, and due again at `due_at`; `held` is the intent of a handler that still runs, and due at `due_at`; `buried` is what WorkOS refused |
 * | `attempts` | how often it was claimed |
 * | `recorded_at`, `due_at`, `buried_at` | ISO 8601, computed from `recorded_ms`, `due_ms`, `buried_ms` |
 * | `last_error` | of the last attempt, JSON: `message`, `status`, `code`, `requestId` |
 * | `event` | the event as it is sent, JSON |
 * | `replaced` | 1 when the intent became its final event while it was leased: whoever has the lease answers for the intent, so that the event becomes due instead of being settled |
 *
 * Table `audit_outbox_count` has the number of rows in each state, kept by triggers, so that it also stays right when
 * rows are deleted by hand.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE audit_outbox (
    seq          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    action       TEXT NOT NULL,
    organization TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('pending', 'leased', 'held', 'buried')),
    attempts     INTEGER NOT NULL DEFAULT 0,
    recorded_at  TEXT AS (strftime('%Y-%m-%dT%H:%M:%fZ', recorded_ms / 1000.0, 'unixepoch')),
    due_at       TEXT AS (strftime('%Y-%m-%dT%H:%M:%fZ', due_ms / 1000.0, 'unixepoch')),
    buried_at    TEXT AS (strftime('%Y-%m-%dT%H:%M:%fZ', buried_ms / 1000.0, 'unixepoch')),
    last_error   TEXT,
    event        TEXT NOT NULL CHECK (json_valid(event)),
    recorded_ms  INTEGER NOT NULL,
    due_ms       INTEGER NOT NULL,
    buried_ms    INTEGER,
    replaced     INTEGER NOT NULL DEFAULT 0,
    CHECK ((state = 'buried') = (buried_ms IS NOT NULL))
  ) STRICT;
  CREATE INDEX audit_outbox_due ON audit_outbox (due_ms) WHERE state <> 'buried';
  CREATE INDEX audit_outbox_recorded ON audit_outbox (recorded_ms) WHERE state <> 'buried';
  CREATE INDEX audit_outbox_taken ON audit_outbox (state, due_ms) WHERE state IN ('leased', 'held');
  CREATE INDEX audit_outbox_buried ON audit_outbox (buried_ms) WHERE state = 'buried';

  CREATE TABLE audit_outbox_count (state TEXT PRIMARY KEY, entries INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO audit_outbox_count VALUES ('pending', 0), ('leased', 0), ('held', 0), ('buried', 0);
  CREATE TRIGGER audit_outbox_added AFTER INSERT ON audit_outbox BEGIN
    UPDATE audit_outbox_count SET entries = entries + 1 WHERE state = NEW.state;
  END;
  CREATE TRIGGER audit_outbox_removed AFTER DELETE ON audit_outbox BEGIN
    UPDATE audit_outbox_count SET entries = entries - 1 WHERE state = OLD.state;
  END;
  CREATE TRIGGER audit_outbox_moved AFTER UPDATE OF state ON audit_outbox WHEN OLD.state <> NEW.state BEGIN
    UPDATE audit_outbox_count SET entries = entries - 1 WHERE state = OLD.state;
    UPDATE audit_outbox_count SET entries = entries + 1 WHERE state = NEW.state;
  END;
  `,
];

/** Refuses a file that is not an outbox, or one of a later release, before anything in it is changed. */
export function checkFormat(db: DatabaseSync, file: string, migrations = MIGRATIONS): void {
  const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name LIMIT 5`).all();
  const applicationId = pragma(db, 'application_id');
  const version = pragma(db, 'user_version');
  if (applicationId !== APPLICATION_ID && (applicationId !== 0 || version !== 0 || tables.length > 0)) {
    const names = tables.map(({ name }) => String(name)).join(', ');
    throw new Error(
      `${file} is the SQLite file of something else (application_id ${applicationId}, tables: ${names || 'none'}). ` +
        'Nothing in it was changed. Give the outbox a file of its own.',
    );
  }
  if (version > migrations.length) {
    throw new Error(
      `${file} was written by a later release of nestjs-workos-audit (format ${version}, this release knows up to ` +
        `${migrations.length}). Install that release again, or one after it.`,
    );
  }
}

/** Brings the file to the newest format. Takes the write lock even when there is nothing to do: a probe that it can be written. */
export function migrate(db: DatabaseSync, file: string, migrations = MIGRATIONS): void {
  db.exec('BEGIN IMMEDIATE');
  checkFormat(db, file, migrations); // again, because another process may have been first
  const version = pragma(db, 'user_version');
  for (const migration of migrations.slice(version)) db.exec(migration);
  if (version < migrations.length) {
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}`);
  }
  db.exec('COMMIT');
}

/** The value of a pragma that is a number. */
export function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}
