import { Injectable } from '@nestjs/common';
import type { Identity } from '../auth/session.js';
import { Database } from '../core/database.js';
import type { Person } from './directory.page.js';

export interface Invitation {
  readonly email: string;
  /** ISO 8601. */
  readonly invitedAt: string;
}

/** Who has been invited to an organization's blog. */
@Injectable()
export class InvitationsRepository {
  constructor(private readonly database: Database) {}

  /** False if they had been invited before. */
  add(by: Identity, { id, email }: Person): boolean {
    const { changes } = this.database.sqlite
      .prepare('INSERT OR IGNORE INTO invitations VALUES (?, ?, ?, ?, ?)')
      .run(by.organizationId, id, email, by.id, new Date().toISOString());
    return Number(changes) > 0;
  }

  /** The newest first. */
  latest(organizationId: string, limit: number): Invitation[] {
    const rows = this.database.sqlite
      .prepare(
        `SELECT email, invited_at AS invitedAt FROM invitations
         WHERE organization_id = ? ORDER BY invited_at DESC, rowid DESC LIMIT ?`,
      )
      .all(organizationId, limit);
    return rows as unknown as Invitation[];
  }

  count(organizationId: string): number {
    const row = this.database.sqlite
      .prepare('SELECT count(*) AS count FROM invitations WHERE organization_id = ?')
      .get(organizationId);
    return Number(row?.count);
  }

  /** The ids of those of them who have been invited. */
  among(organizationId: string, people: readonly Person[]): ReadonlySet<string> {
    const rows = this.database.sqlite
      .prepare(
        'SELECT person_id AS id FROM invitations WHERE organization_id = ? AND person_id IN (SELECT value FROM json_each(?))',
      )
      .all(organizationId, JSON.stringify(people.map(({ id }) => id)));
    return new Set(rows.map(({ id }) => String(id)));
  }
}
