import { parseArgs } from 'node:util';
import { CliError } from '../cli.error.js';
import { EXIT_OK } from '../exit-codes.js';
import type { Output } from '../output.js';
import { table } from '../table.js';
import { count, momentOf } from '../units.js';
import { visible } from '../visible.js';
import { itemAsJson, reasonOf } from './item.text.js';
import { outboxFlags, withOutbox } from './outbox.file.js';
import type { ListQuery, OutboxItem } from './outbox.inspector.js';

const STATES = ['buried', 'pending', 'leased', 'held', 'all'] as const;

/** Lists events with what is known of them, the buried ones unless told otherwise. */
export async function list(args: string[], output: Output): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      ...outboxFlags,
      state: { type: 'string', default: 'buried' },
      action: { type: 'string' },
      organization: { type: 'string' },
      limit: { type: 'string', default: '50' },
    },
  });
  const { action, organization: organizationId } = values;
  const query: ListQuery = { state: stateIn(values.state), action, organizationId, limit: limitIn(values.limit) };
  return withOutbox(values, 'read', async (outbox) => {
    const { items, total } = await outbox.list(query);
    if (values.json) output.json(items.map(itemAsJson));
    else say(items, total, query, output);
    return EXIT_OK;
  });
}

function say(items: readonly OutboxItem[], total: number, { state }: ListQuery, output: Output): void {
  if (items.length > 0) output.line(table([HEAD, ...items.map(toRow)]));
  const found = count(total, state === 'all' ? 'event' : `${state} event`);
  output.line(items.length < total ? `${found}; these are the oldest ${items.length}, see --limit.` : `${found}.`);
}

const HEAD = ['ID', 'RECORDED', 'ACTION', 'ORGANIZATION', 'STATE', 'ATTEMPTS', 'REASON'];

function toRow({ id, recordedAt, action, organizationId, state, attempts, error }: OutboxItem): string[] {
  const facts = [id, momentOf(recordedAt), action, organizationId, state, String(attempts)];
  return [...facts.map(visible), reasonOf(error)];
}

function stateIn(text: string): ListQuery['state'] {
  const state = STATES.find((one) => one === text);
  if (state !== undefined) return state;
  throw new CliError(`--state must be one of ${STATES.join(', ')}, not '${text}'.`);
}

function limitIn(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CliError(`--limit must be a whole number above 0, not '${text}'.`);
}
