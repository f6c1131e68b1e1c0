import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { BLOG_CONFIG, type BlogConfig } from './blog.config.js';

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS posts (
    id TEXT PRIMARY KEY, organization_id TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
    author_id TEXT NOT NULL, author_name TEXT NOT NULL, created_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS posts_by_organization ON posts (organization_id, created_at);
  CREATE TABLE IF NOT EXISTS organizations (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS memberships (
    user_id TEXT NOT NULL, group_id TEXT NOT NULL, group_name TEXT NOT NULL, PRIMARY KEY (user_id, group_id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS people (
    organization_id TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL,
    PRIMARY KEY (organization_id, id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS invitations (
    organization_id TEXT NOT NULL, person_id TEXT NOT NULL, email TEXT NOT NULL,
    invited_by TEXT NOT NULL, invited_at TEXT NOT NULL, PRIMARY KEY (organization_id, person_id)
  ) STRICT;
`;

/** SQLite, as it comes with Node: one file, no server. */
@Injectable()
export class Database implements OnApplicationShutdown {
  readonly sqlite: DatabaseSync;

  constructor(@Inject(BLOG_CONFIG) { databasePath }: BlogConfig) {
    if (databasePath !== ':memory:') mkdirSync(dirname(databasePath), { recursive: true });
    this.sqlite = new DatabaseSync(databasePath);
    this.sqlite.exec(SCHEMA);
  }

  /** Does all of it or none. */
  transaction(work: () => void): void {
    this.sqlite.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.sqlite.exec('COMMIT');
    } catch (error) {
      this.sqlite.exec('ROLLBACK');
      throw error;
    }
  }

  /** By then the server has stopped, so no request needs it any more. */
  onApplicationShutdown(): void {
    this.sqlite.close();
  }
}
