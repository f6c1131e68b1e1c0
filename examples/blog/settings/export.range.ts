import { field } from '../web/form.js';

/** Two days, as the form has them: `2026-11-24`, both included, in UTC. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** What is wrong with a range, by field. */
export type RangeFaults = Partial<Record<keyof DayRange, string>>;

const DAY_MS = 24 * 60 * 60 * 1_000;
/** WorkOS exports events of the past three months. */
const MAX_AGE_DAYS = 90;
const USUAL_DAYS = 30;

/** The days that can be chosen. */
export function possibleDays(now = Date.now()): DayRange {
  return { from: dayOf(now - MAX_AGE_DAYS * DAY_MS), to: dayOf(now) };
}

/** What stands in the form at first. */
export function usualRange(now = Date.now()): DayRange {
  return { from: dayOf(now - USUAL_DAYS * DAY_MS), to: dayOf(now) };
}

export function readRange(form: unknown): DayRange {
  return { from: field(form, 'from'), to: field(form, 'to') };
}

export function faultsOf({ from, to }: DayRange, now = Date.now()): RangeFaults {
  const possible = possibleDays(now);
  const faults: RangeFaults = {};
  if (!isDay(from)) faults.from = 'The first day is missing, or no date.';
  else if (from < possible.from)
    faults.from = `WorkOS exports the past three months: the first day can be ${possible.from}.`;
  else if (from > possible.to) faults.from = 'The first day is in the future.';
  if (!isDay(to)) faults.to = 'The last day is missing, or no date.';
  else if (isDay(from) && to < from) faults.to = 'The last day is before the first.';
  return faults;
}

/** From the first moment to the last; the last day may not be over yet. */
export function momentsOf({ from, to }: DayRange, now = Date.now()): { from: Date; to: Date } {
  return { from: startOf(from), to: new Date(Math.min(startOf(to).getTime() + DAY_MS - 1, now)) };
}

function startOf(day: string): Date {
  return new Date(`${day}T00:00:00.000Z`);
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const start = startOf(text);
  // The 31st of February would otherwise be a day of March.
  return !Number.isNaN(start.getTime()) && dayOf(start.getTime()) === text;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
