import { Injectable } from '@nestjs/common';
import { Database } from '../core/database.js';
import type { Person } from './directory.page.js';

/** People as they were last seen in the directory, for the time when it cannot be asked. */
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
}
