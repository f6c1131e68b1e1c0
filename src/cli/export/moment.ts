import { CliError } from '../cli.error.js';
import { durationIn } from '../units.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Reads a day (`2026-11-01`, in UTC: its first moment for --from, its last, or now if that is earlier, for --to), a moment
 * with its offset (`2026-11-01T10:00:00Z`), or an age (`7d`). @throws CliError for anything else
 */
export function momentIn(text: string, flag: '--from' | '--to', now: number): Date {
  if (/^\d+[smhdw]$/.test(text)) return new Date(now - durationIn(text, flag));
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const hasOffset = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/i.test(text);
  const moment = new Date(isDay || hasOffset ? text : Number.NaN);
  // `new Date('2026-02-30')` is the second of March.
  const isReal = !isDay || (!Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text));
  if (Number.isNaN(moment.getTime()) || !isReal) {
    throw new CliError(
      `${flag} must be a day such as 2026-11-01, a moment with its offset such as 2026-11-01T10:00:00Z, or an age such as 7d, not '${text}'.`,
    );
  }
  if (!isDay || flag === '--from') return moment;
  const end = moment.getTime() + DAY_MS - 1;
  return new Date(moment.getTime() <= now ? Math.min(end, now) : end);
}
