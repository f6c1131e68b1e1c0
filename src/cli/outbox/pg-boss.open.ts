import { PgBossConnection } from '../../outbox/pg-boss/pg-boss.connection.js';
import { type PgBossOutboxOptions, settingsOf } from '../../outbox/pg-boss/pg-boss.options.js';
import { messageOf } from '../../event/text.js';
import { CliError } from '../cli.error.js';

/**
 * Connects to a database that the flags name. @throws CliError when it cannot
 *
 * @param access `visit` changes no schema and makes no queue
 */
export async function openPostgres(
  { connectionString, schema, queue }: PgBossOutboxOptions,
  access: 'own' | 'visit',
): Promise<PgBossConnection> {
  return explainedPostgres(async () => {
    const settings = settingsOf({
      connectionString,
      ...(schema !== undefined && { schema }),
      ...(queue !== undefined && { queue }),
      notify: false,
      timeoutMs: 10_000,
    });
    const connection = new PgBossConnection(settings, access);
    await connection.open();
    return connection;
  });
}

/** Runs `work`. @throws CliError with what Postgres says */
export async function explainedPostgres<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CliError) throw error;
    const message = messageOf(error)
      .replaceAll('pgBossOutbox({ connectionString })', '--postgres')
      .replaceAll(/pgBossOutbox\(\{ (schema|queue) \}\)/g, '--$1');
    const hint = /no queue|not installed/i.test(message)
      ? ' No application has opened it as its outbox yet, or --schema or --queue is another.'
      : '';
    throw new CliError(`${message}${hint}`);
  }
}
