import { createRequire } from 'node:module';
import type { DatabaseSync } from 'node:sqlite';

export interface NewPost {
  readonly title: string;
  /** Posts that the list shows, of a handler that works. */
  readonly shown?: number;
}

export interface BlogPost extends NewPost {
  readonly id: string;
}

/** As little as a handler can do, so that everything that is added shows. */
export class Posts {
  #last = 0;

  create({ title }: NewPost): Promise<BlogPost> {
    return Promise.resolve({ id: `post_${(this.#last += 1)}`, title });
  }
}

/** Posts that a list shows: what makes the work of a request about a millisecond on the machine that this was written on. */
export const SHOWN = 650;
const KEPT = 1_000;

interface Row {
  readonly id: number;
  readonly title: string;
  readonly author: string;
  readonly created: number;
}

/**
 * What an ordinary handler does: check what it was given, write a row, read rows, and render the page that shows them, of
 * which the answer says the length. The database is in memory and in this thread, so all of it is CPU time.
 */
export class WorkingPosts extends Posts {
  readonly #db: DatabaseSync;

  constructor() {
    super();
    const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite');
    this.#db = new DatabaseSync(':memory:');
    this.#db.exec('CREATE TABLE post (id INTEGER PRIMARY KEY, title TEXT, author TEXT, created INTEGER)');
    this.#insert = this.#db.prepare('INSERT INTO post (title, author, created) VALUES (?, ?, ?)');
    this.#forget = this.#db.prepare('DELETE FROM post WHERE id <= ?');
    this.#latest = this.#db.prepare('SELECT * FROM post ORDER BY id DESC LIMIT ?');
    for (let index = 0; index < SHOWN; index += 1) this.#insert.run('A first post', 'Ada Lovelace', index);
  }

  readonly #insert;
  readonly #forget;
  readonly #latest;

  override async create({ title, shown = SHOWN }: NewPost): Promise<BlogPost & { readonly pageLength: number }> {
    if (typeof title !== 'string' || !/^[\p{L}\p{N}\p{P}\p{Z}]{1,200}$/u.test(title)) throw new Error('no title');
    const { lastInsertRowid } = this.#insert.run(title, 'Ada Lovelace', Date.now());
    this.#forget.run(Number(lastInsertRowid) - KEPT);
    const rows = this.#latest.all(shown) as unknown as Row[];
    const page = JSON.stringify({ posts: rows.map(item) });
    return Promise.resolve({ id: `post_${lastInsertRowid}`, title, pageLength: page.length });
  }
}

function item({ id, title, author, created }: Row): object {
  const slug = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return {
    id: `post_${id}`,
    title,
    slug,
    author,
    created: new Date(created).toISOString(),
    url: `/posts/${id}/${slug}`,
  };
}
