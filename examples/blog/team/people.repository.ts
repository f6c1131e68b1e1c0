import { Injectable } from '@nestjs/common';
import type { Identity } from '../auth/session.js';
import { Database } from '../core/database.js';
import type { Person } from './person.js';

/** People as they were last seen in the directory, for the time when it cannot be asked, and who has been invited. */
@Injectable()
export class PeopleRepository {
  constructor(private readonly database: Database) {}

  remember(organizationId: string, people: readonly Person[]): void {
    const insert = this.database.sqlite.prepare('INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?)');
    this.database.transaction(() => {
      for (const { id, name, email } of people) insert.run(organizationId, id, name, email);
    });
  }

  remembered(organizationId: string, limit: number): Person[] {
    const rows = this.database.sqlite
      .prepare('SELECT id, name, email FROM people WHERE organization_id = ? ORDER BY name LIMIT ?')
      .all(organizationId, limit);
    return rows as unknown as Person[];
  }

  find(organizationId: string, id: string): Person | undefined {
    const row = this.database.sqlite
      .prepare('SELECT id, name, email FROM people WHERE organization_id = ? AND id = ?')
      .get(organizationId, id);
    return row as unknown as Person | undefined;
  }

  forget(organizationId: string, id: string): void {
    this.database.sqlite.prepare('DELETE FROM people WHERE organization_id = ? AND id = ?').run(organizationId, id);
  }

  /** The ids of those who have been invited. */
  invited(organizationId: string): ReadonlySet<string> {
    const rows = this.database.sqlite
      .prepare('SELECT person_id AS id FROM invitations WHERE organization_id = ?')
      .all(organizationId);
    return new Set(rows.map(({ id }) => String(id)));
  }

  /** False if they had been invited before. */
  invite(by: Identity, { id, email }: Person): boolean {
    const { changes } = this.database.sqlite
      .prepare('INSERT OR IGNORE INTO invitations VALUES (?, ?, ?, ?, ?)')
      .run(by.organizationId, id, email, by.id, new Date().toISOString());
    return Number(changes) > 0;
  }
}
