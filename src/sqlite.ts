export { sqliteOutbox, type SqliteOutboxOptions } from './outbox/sqlite/sqlite.outbox.js';
