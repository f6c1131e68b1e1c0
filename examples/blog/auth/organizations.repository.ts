import { Injectable } from '@nestjs/common';
import { Database } from '../core/database.js';

/** What the organizations that sign in are called, for the pages: neither a profile nor a session says it. */
@Injectable()
export class OrganizationsRepository {
  constructor(private readonly database: Database) {}

  remember({ id, name }: { readonly id: string; readonly name: string }): void {
    this.database.sqlite.prepare('INSERT OR REPLACE INTO organizations VALUES (?, ?)').run(id, name);
  }

  nameOf(id: string): string {
    const row = this.database.sqlite.prepare('SELECT name FROM organizations WHERE id = ?').get(id);
    return typeof row?.name === 'string' ? row.name : 'Your organization';
  }
}
