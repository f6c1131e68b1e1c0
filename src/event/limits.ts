import type { AuditEvent, AuditTarget } from './event.js';
import type { Note } from './metadata.js';
import { cleanText, cutText } from './text.js';

/** WorkOS publishes no limit for ids, types and names; the one it has for a metadata value is safe. */
const MAX_TEXT = 500;

/** WorkOS answers 413 somewhere near 64 KB; production users stay below 60,000 bytes. */
export const MAX_EVENT_BYTES = 60_000;

/** One text of an event within its limit, and well-formed. */
export function fitText(field: string, text: string, note: Note): string {
  const clean = cleanText(text);
  if (clean.length > MAX_TEXT) note(`${field} has ${clean.length} characters and was cut to ${MAX_TEXT}`);
  return cutText(clean, MAX_TEXT);
}

/**
 * The event within {@link MAX_EVENT_BYTES}. What can be spared goes first: metadata of targets, then targets beyond the
 * first of their type, then the longest values of the event's own metadata, then names. Actor, action and one target of each
 * type stay.
 */
export function fitEvent(event: AuditEvent, note: Note): AuditEvent {
  const size = sizeOf(event);
  if (size <= MAX_EVENT_BYTES) return event;
  let fitted: AuditEvent = { ...event, targets: event.targets.map(withoutMetadata) };
  if (sizeOf(fitted) > MAX_EVENT_BYTES) fitted = withFewerTargets(fitted);
  if (sizeOf(fitted) > MAX_EVENT_BYTES) fitted = withLessMetadata(fitted);
  if (sizeOf(fitted) > MAX_EVENT_BYTES) {
    fitted = { ...fitted, actor: { ...fitted.actor, metadata: {} }, targets: fitted.targets.map(withoutName) };
  }
  note(
    `the event has ${size} bytes and was cut to ${sizeOf(fitted)} (${event.targets.length - fitted.targets.length} targets left out)`,
  );
  return fitted;
}

function sizeOf(event: AuditEvent): number {
  return Buffer.byteLength(JSON.stringify(event));
}

function withoutMetadata({ id, type, name }: AuditTarget): AuditTarget {
  return name === undefined ? { id, type } : { id, type, name };
}

function withoutName({ id, type }: AuditTarget): AuditTarget {
  return { id, type };
}

function withFewerTargets(event: AuditEvent): AuditEvent {
  const seen = new Set<string>();
  const first = event.targets.filter(({ type }) => !seen.has(type) && seen.add(type));
  const kept = new Set(first);
  let room = MAX_EVENT_BYTES - sizeOf({ ...event, targets: first });
  for (const target of event.targets) {
    if (kept.has(target)) continue;
    room -= Buffer.byteLength(JSON.stringify(target)) + 1;
    if (room < 0) break;
    kept.add(target);
  }
  return { ...event, targets: event.targets.filter((target) => kept.has(target)) };
}

function withLessMetadata(event: AuditEvent): AuditEvent {
  const metadata = { ...event.metadata };
  let excess = sizeOf(event) - MAX_EVENT_BYTES;
  const longest = Object.entries(metadata)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].length > 20)
    .toSorted(([, a], [, b]) => b.length - a.length);
  for (const [key, value] of longest) {
    if (excess <= 0) break;
    metadata[key] = cutText(value, 20);
    excess -= Buffer.byteLength(JSON.stringify(value)) - Buffer.byteLength(JSON.stringify(metadata[key]));
  }
  return { ...event, metadata };
}
