import type { AuditEvent } from '../../event/event.js';
import type { OutboxEntry } from '../../outbox/outbox.js';
import { type Opened, explained, openToWrite } from './sqlite.open.js';

/** An event that leaves, with what the new place must know of it. */
export interface MovingEntry extends OutboxEntry {
  /** When it is tried next. */
  readonly dueAt: number;
  /** Why it is buried, as JSON; absent for one that waits. */
  readonly buried?: string;
}

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly recordedAt: number;
  readonly state: string;
  readonly dueAt: number;
  readonly error: string | null;
  readonly event: string;
}

const queries = {
  // One whose lease has run out waits again, as the outbox itself sees it.
  movable: `SELECT seq, id, recorded_ms AS recordedAt, state, due_ms AS dueAt, last_error AS error, event FROM audit_outbox
    WHERE state IN ('pending', 'buried') OR due_ms <= :now ORDER BY recorded_ms, seq LIMIT :limit`,
  remove: `DELETE FROM audit_outbox WHERE seq = :seq AND id = :id`,
  taken: `SELECT count(*) AS taken FROM audit_outbox WHERE state IN ('leased', 'held') AND due_ms > :now`,
};

/** The file of a `sqliteOutbox` that is to be emptied. */
export class SqliteSource {
  readonly #opened: Opened;

  constructor(private readonly file: string) {
    this.#opened = openToWrite(file);
  }

  /**
   * Takes out up to `limit` entries when `store` has stored them. Until then the file is locked, so that no application
   * sends them too; when the process ends in between, they stay.
   *
   * @returns how many
   */
  async take(limit: number, store: (entries: MovingEntry[]) => Promise<void>): Promise<number> {
    const { db } = this.#opened;
    explained(this.file, () => db.exec('BEGIN IMMEDIATE'));
    try {
      const rows = explained(
        this.file,
        () => db.prepare(queries.movable).all({ limit, now: Date.now() }) as unknown as Row[],
      );
      if (rows.length > 0) await store(rows.map(toEntry));
      explained(this.file, () => {
        const remove = db.prepare(queries.remove);
        for (const { seq, id } of rows) remove.run({ seq, id });
        db.exec('COMMIT');
      });
      return rows.length;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Entries that an application is sending, or whose handler still runs. */
  taken(): number {
    return explained(this.file, () => {
      const row = this.#opened.db.prepare(queries.taken).get({ now: Date.now() });
      return Number(row?.['taken']);
    });
  }

  close(): void {
    this.#opened.close();
  }
}

function toEntry({ id, recordedAt, state, dueAt, error, event }: Row): MovingEntry {
  const buried = state === 'buried' ? { buried: error ?? '' } : {};
  return { id, recordedAt, event: JSON.parse(event) as AuditEvent, dueAt, ...buried };
}
