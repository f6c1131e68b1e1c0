import { Injectable } from '@nestjs/common';
import { Database } from '../core/database.js';
import type { Group } from './session.js';

/** Who is in which groups, as the identity provider said at the last login: for those whom no directory knows. */
@Injectable()
export class MembershipsRepository {
  constructor(private readonly database: Database) {}

  groupsOf(userId: string): Group[] {
    const rows = this.database.sqlite
      .prepare(
        'SELECT group_id AS id, group_name AS name FROM memberships WHERE user_id = ? ORDER BY group_name, group_id',
      )
      .all(userId);
    return rows as unknown as Group[];
  }

  replace(userId: string, groups: readonly Group[]): void {
    const insert = this.database.sqlite.prepare('INSERT OR REPLACE INTO memberships VALUES (?, ?, ?)');
    this.database.transaction(() => {
      this.database.sqlite.prepare('DELETE FROM memberships WHERE user_id = ?').run(userId);
      for (const { id, name } of groups) insert.run(userId, id, name);
    });
  }
}
