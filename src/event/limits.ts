import type { AuditEvent, AuditMetadata, AuditTarget } from './event.js';
import type { Note } from './metadata.js';
import { cleanText, cutText } from './text.js';

/** WorkOS publishes no limit for ids, types and names; the one it has for a metadata value is safe. */
const MAX_TEXT = 500;

/** WorkOS answers 413 somewhere near 64 KB; production users stay below 60,000 bytes. */
export const MAX_EVENT_BYTES = 60_000;

/**
 * One text of an event within its limit, and well-formed.
 *
 * @param field what it is, for `note`; with `of`, of what
 */
export function fitText(field: string, text: string, note: Note, of?: string): string {
  const clean = cleanText(text);
  if (clean.length <= MAX_TEXT) return clean;
  const place = of === undefined ? field : `${field} '${of}'`;
  note(`${place} has ${clean.length} characters and was cut to ${MAX_TEXT}`);
  return cutText(clean, MAX_TEXT);
}

/**
 * The event within {@link MAX_EVENT_BYTES}. What can be spared goes first: metadata of targets, then targets beyond the
 * first of their type, then the longest values of the event's own metadata, then names. Actor, action and one target of each
 * type stay.
 */
export function fitEvent(event: AuditEvent, note: Note): AuditEvent {
  if (mostBytes(event) <= MAX_EVENT_BYTES) return event;
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

/** In JSON: `\u0001`. */
const MOST_BYTES_OF_A_UNIT = 6;
/** Names of fields, punctuation, a number: of one target, of one key of metadata, and three times that of all the rest. */
const MOST_BYTES_AROUND = 64;

/** No less than the event's size; where it is within the limit, as nearly always, nothing need be written to be measured. */
function mostBytes({ organizationId, action, actor, targets, context, metadata }: AuditEvent): number {
  let units = organizationId.length + action.length + context.location.length + (context.userAgent?.length ?? 0);
  units += unitsOf(actor);
  for (const target of targets) units += unitsOf(target);
  const entries = targets.length + 4;
  return (units + unitsOfMetadata(metadata)) * MOST_BYTES_OF_A_UNIT + entries * MOST_BYTES_AROUND;
}

function unitsOf({ id, type, name, metadata }: AuditTarget): number {
  return id.length + type.length + (name?.length ?? 0) + (metadata ? unitsOfMetadata(metadata) : 0);
}

function unitsOfMetadata(metadata: AuditMetadata): number {
  let units = 0;
  for (const key of Object.keys(metadata)) {
    const value = metadata[key];
    units += key.length + MOST_BYTES_AROUND / MOST_BYTES_OF_A_UNIT + (typeof value === 'string' ? value.length : 0);
  }
  return units;
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
