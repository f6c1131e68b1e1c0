import { type Html, markup } from '../../http/html.js';

/**
 * A moment: the clock time in UTC, with its date if that is not today's, and the whole of it to hover over. How long
 * ago it was goes stale at once, so the script adds it, and keeps it right.
 */
export function momentHtml(at: Date, now = new Date()): Html {
  const iso = at.toISOString();
  const isToday = iso.slice(0, 10) === now.toISOString().slice(0, 10);
  const shown = isToday ? iso.slice(11, 19) : `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
  return markup`<time datetime="${iso}" title="${exact(at)}">${shown}</time>`;
}

/** The same, exact to the millisecond. */
export function exactHtml(at: Date): Html {
  return markup`<time datetime="${at.toISOString()}">${exact(at)}</time>`;
}

function exact(at: Date): string {
  return `${at.toISOString().replace('T', ' ').slice(0, -1)} UTC`;
}

/** A duration, rounded to what a person would say: `850 ms`, `12 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const two = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
    `${big} ${bigUnit}${small === 0 ? '' : ` ${small} ${smallUnit}`}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return two(minutes, 'min', seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? two(hours, 'h', minutes % 60, 'min') : two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}
