const DATE_TIME = /^\d{4}-\d{2}-(\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i;

/**
 * Whether a text is a date-time of RFC 3339, which is what JSON Schema's `date-time` means: with seconds and a zone.
 *
 * @example isIsoDateTime('2026-02-30T00:00:00Z') // false: there is no such day
 */
export function isIsoDateTime(text: string): boolean {
  const match = DATE_TIME.exec(text);
  if (match === null || Number.isNaN(Date.parse(text))) return false;
  // Date.parse takes 30 February for 2 March.
  return new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDate() === Number(match[1]);
}
