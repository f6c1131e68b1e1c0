import { parseArgs } from 'node:util';
import { EXIT_OK } from '../exit-codes.js';
import type { Output } from '../output.js';
import { table } from '../table.js';
import { sizeOf, spanOf } from '../units.js';
import { outboxFlags, withOutbox } from './outbox.file.js';

/** Says how many events are where. */
export async function stats(args: string[], output: Output): Promise<number> {
  const { values } = parseArgs({ args, options: outboxFlags });
  return withOutbox(values, 'read', async (outbox) => {
    const { pending, leased, held, buried, oldestAgeMs, bytes } = await outbox.stats();
    if (values.json) {
      const counts = { pending, leased, held, buried, oldestAgeMs: oldestAgeMs ?? null };
      output.json({ outbox: outbox.name, ...counts, ...(bytes !== undefined && { bytes }) });
      return EXIT_OK;
    }
    const age = oldestAgeMs === undefined ? 'none' : spanOf(oldestAgeMs);
    output.line(
      table([
        ['pending', String(pending), 'wait to be sent'],
        ['leased', String(leased), 'are being sent'],
        ['held', String(held), 'of handlers that still run'],
        ['buried', String(buried), 'were given up; see `workos-audit outbox list`'],
        ['oldest', age, 'since the oldest that is not buried was recorded'],
        bytes === undefined ? ['outbox', '', outbox.name] : ['size', sizeOf(bytes), outbox.name],
      ]),
    );
    return EXIT_OK;
  });
}
