import { parseArgs } from 'node:util';
import { CliError } from '../cli.error.js';
import { EXIT_OK } from '../exit-codes.js';
import type { Output } from '../output.js';
import { count, durationIn } from '../units.js';
import { jsonText } from '../visible.js';
import { itemAsJson } from './item.text.js';
import { outboxFlags, withOutbox } from './outbox.file.js';
import type { OutboxInspector, WholeItem } from './outbox.inspector.js';
import { checkIds, selectionFlags, selectionOf } from './selection.js';
import { summed } from './summed.js';

const purgeFlags = {
  ...outboxFlags,
  ...selectionFlags,
  buried: { type: 'boolean', default: false },
  'older-than': { type: 'string' },
  yes: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
} as const;

/** Deletes buried events for good, each printed whole before. */
export async function purge(args: string[], output: Output): Promise<number> {
  const { values } = parseArgs({ args, options: purgeFlags });
  if (!values.buried) throw new CliError('outbox purge deletes buried events only; say so with --buried.');
  const age = values['older-than'];
  const selection = selectionOf(values, Date.now() - (age === undefined ? 0 : durationIn(age, '--older-than')));
  return withOutbox(values, values.yes ? 'write' : 'read', async (outbox) => {
    await checkIds(selection, outbox);
    if (!values.yes) throw refusal(await outbox.countBuried(selection), outbox);
    const print = async (items: readonly WholeItem[]): Promise<void> => {
      for (const item of items) output.line(jsonText(itemAsJson(item)));
      await output.written();
    };
    const purged = await summed(outbox.purge(selection, values.quiet ? async () => {} : print), 'deleted');
    const said = `${count(purged, 'buried event')} deleted from ${outbox.name}.`;
    if (!values.quiet)
      output.error(said); // stdout is for the events alone
    else if (values.json) output.json({ purged });
    else output.line(said);
    return EXIT_OK;
  });
}

function refusal(number: number, { name }: OutboxInspector): CliError {
  return new CliError(
    `outbox purge would delete ${count(number, 'buried event')} from ${name}, which WorkOS then never gets. Nothing was deleted. ` +
      'To delete and print each, say --yes.',
  );
}
