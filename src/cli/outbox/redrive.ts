import { parseArgs } from 'node:util';
import { CliError } from '../cli.error.js';
import { EXIT_OK } from '../exit-codes.js';
import type { Output } from '../output.js';
import { count } from '../units.js';
import { outboxFlags, withOutbox } from './outbox.file.js';
import { checkIds, isNarrowed, selectionFlags, selectionOf } from './selection.js';
import { summed } from './summed.js';

/** Makes buried events due again; it is the application that sends them. */
export async function redrive(args: string[], output: Output): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { ...outboxFlags, ...selectionFlags, all: { type: 'boolean', default: false } },
  });
  if (!values.all && !isNarrowed(values)) {
    throw new CliError(
      'outbox redrive: which events? Narrow them down with --id, --action or --organization, or say --all.',
    );
  }
  if (values.all && isNarrowed(values)) {
    throw new CliError('outbox redrive: --all goes with neither --id nor --action nor --organization.');
  }
  return withOutbox(values, 'write', async (outbox) => {
    const selection = selectionOf(values);
    await checkIds(selection, outbox);
    const redriven = await summed(outbox.redrive(selection), 'made due again');
    if (values.json) output.json({ redriven });
    else if (redriven === 0) output.line('No buried event matches; nothing was changed.');
    else {
      output.line(
        `${count(redriven, 'buried event')} made due again. The running application sends ${redriven === 1 ? 'it' : 'them'}, or the next one to start.`,
      );
    }
    return EXIT_OK;
  });
}
