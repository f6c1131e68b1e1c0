import { parseArgs } from 'node:util';
import { CliError } from '../cli.error.js';
import { EXIT_OK } from '../exit-codes.js';
import type { Output } from '../output.js';
import { itemAsJson, itemAsText } from './item.text.js';
import { outboxFlags, withOutbox } from './outbox.file.js';
import { notThere } from './selection.js';

/** Shows all of one event. */
export async function show(args: string[], output: Output): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: outboxFlags, allowPositionals: true });
  const [id, ...others] = positionals;
  if (id === undefined || others.length > 0) {
    throw new CliError('outbox show: which event? Give one id, as `workos-audit outbox list` shows it.');
  }
  return withOutbox(values, 'read', async (outbox) => {
    const item = await outbox.find(id);
    if (!item) throw new CliError(`${notThere(id, outbox)}.`);
    if (values.json) output.json(itemAsJson(item));
    else output.line(itemAsText(item));
    return EXIT_OK;
  });
}
