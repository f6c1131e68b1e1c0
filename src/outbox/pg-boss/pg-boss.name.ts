import type { PgBossSettings } from './pg-boss.options.js';

/** For people: where it is, without user and password. */
export function nameOf({ connectionString, schema, queue, boss }: PgBossSettings): string {
  return boss ? `pg-boss queue ${queue}` : `Postgres ${addressOf(connectionString)}, queue ${schema}.${queue}`;
}

/** Host, port and database of a connection string, and nothing else of it. */
export function addressOf(connectionString = ''): string {
  try {
    const { host, pathname } = new URL(connectionString);
    return `${host}${decodeURIComponent(pathname)}`;
  } catch {
    return 'of the connection string';
  }
}

/** Takes the password out of a text, as it is and as it stands in the URL. */
export function withoutPassword(text: string, connectionString = ''): string {
  const [, written = ''] = /^\w+:\/\/[^:@/]*:([^@]*)@/.exec(connectionString) ?? [];
  const secrets = [connectionString, written, decoded(written)].filter((secret) => secret.length > 2);
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '[password]'), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
