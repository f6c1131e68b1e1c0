import { messageOf } from '../../event/text.js';
import { CliError } from '../cli.error.js';
import { count } from '../units.js';

/** Adds up what pages had. @throws CliError that says how far it came */
export async function summed(pages: AsyncIterable<number>, done: string): Promise<number> {
  let sum = 0;
  try {
    for await (const page of pages) sum += page;
  } catch (error) {
    if (sum === 0 || !(error instanceof CliError)) throw error;
    throw new CliError(
      `${messageOf(error)}\n${count(sum, 'event')} had been ${done} by then. It is safe to run it again.`,
    );
  }
  return sum;
}
