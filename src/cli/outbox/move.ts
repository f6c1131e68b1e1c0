import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../cli.error.js';
import { EXIT_FAILURE, EXIT_OK } from '../exit-codes.js';
import type { Output } from '../output.js';
import { count } from '../units.js';
import { openPostgres } from './pg-boss.open.js';
import { PgBossReceiver } from './pg-boss.receiver.js';
import { SqliteSource } from './sqlite.source.js';

const moveFlags = {
  from: { type: 'string' },
  to: { type: 'string' },
  schema: { type: 'string' },
  queue: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** Events in one transaction on each side. */
const PAGE = 500;
/** An application that was stopped or killed has leases of no more than this. */
const LEASES_MS = 70_000;

/** Moves events from a SQLite outbox to one in Postgres; killed at any moment, it may be run again. */
export async function move(args: string[], output: Output): Promise<number> {
  const { values } = parseArgs({ args, options: moveFlags });
  const { from, to, schema, queue } = values;
  if (from === undefined || to === undefined) {
    throw new CliError(
      'outbox move: from where to where? Such as --from var/audit-outbox.db --to postgres://user@host:5432/app.',
    );
  }
  const source = new SqliteSource(from);
  try {
    const connection = await openPostgres({ connectionString: to, schema, queue }, 'own');
    try {
      const receiver = new PgBossReceiver(connection);
      const moved = await moveAll(source, receiver, output);
      const left = source.taken();
      if (values.json) output.json({ moved, left });
      else say(moved, left, connection.name, from, output);
      return left === 0 ? EXIT_OK : EXIT_FAILURE;
    } finally {
      await connection.close();
    }
  } finally {
    source.close();
  }
}

async function moveAll(source: SqliteSource, receiver: PgBossReceiver, output: Output): Promise<number> {
  const deadline = Date.now() + LEASES_MS;
  let moved = 0;
  for (;;) {
    const page = await source.take(PAGE, (rows) => receiver.store(rows));
    moved += page;
    output.counter(`${count(moved, 'event')} moved`);
    if (page > 0) {
      await sleep(5); // so that an application which waits for the lock gets it
      continue;
    }
    const left = source.taken();
    if (left === 0 || Date.now() > deadline) return moved;
    output.counter(`${count(moved, 'event')} moved; waiting for the leases of ${left} to run out`);
    await sleep(500);
  }
}

function say(moved: number, left: number, target: string, from: string, output: Output): void {
  output.line(`${count(moved, 'event')} moved from ${from} to ${target}.`);
  if (left === 0) output.line(`${from} is empty now; an application that still writes to it must be stopped first.`);
  else {
    output.error(
      `workos-audit: ${count(left, 'event')} stayed in ${from}: an application is sending them. Stop it, and run this again.`,
    );
  }
}
