import { randomUUID } from 'node:crypto';

let last = { time: 0, prefix: prefixOf(0) };

/**
 * An id for an event: a UUID of version 7 (RFC 9562, 5.7), which begins with the time in milliseconds. Ids made one after the
 * other stand side by side in the index of a store, so that storing many dirties few of its pages.
 *
 * @param time milliseconds since the epoch
 */
export function eventId(time: number): string {
  if (time !== last.time) last = { time, prefix: prefixOf(time) };
  // What comes after the version is random in a UUID of version 4 too, and the variant is the same.
  return last.prefix + randomUUID().slice(15);
}

function prefixOf(time: number): string {
  const hex = Math.trunc(time).toString(16).padStart(12, '0');
  return `${hex.slice(-12, -4)}-${hex.slice(-4)}-7`;
}
