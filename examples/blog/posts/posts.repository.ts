import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { SignedInUser } from '../auth/session.js';
import { Database } from '../core/database.js';
import type { Post, PostDraft } from './post.js';

const COLUMNS = 'id, title, body, author_name AS authorName, created_at AS createdAt';

/** The posts, each of one organization and seen by nobody else. */
@Injectable()
export class PostsRepository {
  constructor(private readonly database: Database) {}

  /** The newest first. */
  page(organizationId: string, { limit, offset }: { limit: number; offset: number }): Post[] {
    const rows = this.database.sqlite
      .prepare(
        `SELECT ${COLUMNS} FROM posts WHERE organization_id = ? ORDER BY created_at DESC, rowid DESC LIMIT ? OFFSET ?`,
      )
      .all(organizationId, limit, offset);
    return rows as unknown as Post[];
  }

  count(organizationId: string): number {
    const row = this.database.sqlite
      .prepare('SELECT count(*) AS count FROM posts WHERE organization_id = ?')
      .get(organizationId);
    return Number(row?.count);
  }

  find(organizationId: string, id: string): Post | undefined {
    const row = this.database.sqlite
      .prepare(`SELECT ${COLUMNS} FROM posts WHERE id = ? AND organization_id = ?`)
      .get(id, organizationId);
    return row as unknown as Post | undefined;
  }

  create(author: SignedInUser, { title, body }: PostDraft): Post {
    const row = this.database.sqlite
      .prepare(`INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING ${COLUMNS}`)
      .get(randomUUID(), author.organizationId, title, body, author.id, author.name, new Date().toISOString());
    return row as unknown as Post;
  }

  /** The post that was deleted; `undefined` if the organization has none of that id. */
  remove(organizationId: string, id: string): Post | undefined {
    const row = this.database.sqlite
      .prepare(`DELETE FROM posts WHERE id = ? AND organization_id = ? RETURNING ${COLUMNS}`)
      .get(id, organizationId);
    return row as unknown as Post | undefined;
  }
}
