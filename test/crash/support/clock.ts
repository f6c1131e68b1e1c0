// Preloaded into a process and its threads: their clock is as wrong as the file says, in milliseconds. Timers and
// performance.now() stay right, as they do when the clock of a machine is set.
import { readFileSync } from 'node:fs';

const file = process.env.CRASH_CLOCK ?? '';
const RealDate = globalThis.Date;
let last = 0;

function now(): number {
  const text = readFileSync(file, 'utf8');
  if (text !== '') last = Number(text); // it is being written otherwise
  return RealDate.now() + last;
}

globalThis.Date = class Date extends RealDate {
  constructor(...args: [] | [string | number]) {
    super(...((args.length === 0 ? [now()] : args) as [number]));
  }

  static override now(): number {
    return now();
  }
} as DateConstructor;
