import { CliError } from './cli.error.js';

const MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/** Reads `90s`, `15m`, `12h`, `30d` or `2w`. @throws CliError for anything else */
export function durationIn(text: string, flag: string): number {
  const [, number, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (number === undefined) {
    throw new CliError(`${flag} must be a time such as 90s, 15m, 12h, 30d or 2w, not '${text}'.`);
  }
  return Number(number) * MS[unit as keyof typeof MS];
}

/** A time span in one unit, such as `5 min`. */
export function spanOf(ms: number): string {
  if (ms < 2 * MS.m) return `${Math.round(ms / MS.s)} s`;
  if (ms < 2 * MS.h) return `${Math.round(ms / MS.m)} min`;
  return ms < 2 * MS.d ? `${Math.round(ms / MS.h)} h` : `${Math.round(ms / MS.d)} days`;
}

/** A size such as `1.5 MiB`. */
export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KiB`;
  return bytes < 1024 ** 3 ? `${(bytes / 1024 ** 2).toFixed(1)} MiB` : `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}

/** `1 event`, `2 events` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A moment in ISO 8601; whatever a file that was edited by hand has instead, as it is. */
export function momentOf(ms: number): string {
  const moment = new Date(ms);
  return Number.isNaN(moment.getTime()) ? String(ms) : moment.toISOString();
}

/** A TCP port. @throws CliError for anything else */
export function portOf(text: string, flag = '--port'): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new CliError(`${flag} must be a number from 1 to 65535, not '${text}'.`);
}
