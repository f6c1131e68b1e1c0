import { type Difference, differencesOf } from './compare.js';
import type { AnyExpectation } from './expectation.js';
import { isFields, show } from './show.js';
import type { AuditTrailEvent, KnowingTrail, TrailNote } from './trail.js';

/** Events that a message lists at the most. */
const LISTED = 20;

/** What was expected, what is nearest to it and where it differs, and all that there is. */
export function missingReport(
  trail: KnowingTrail,
  headline: string,
  action: string,
  expectation: AnyExpectation,
): string {
  return [
    headline,
    ...expectationLines(expectation),
    ...nearestLines(trail.events, action, expectation),
    ...noteLines(trail, action),
    ...eventLines(trail.events),
  ].join('\n');
}

/** What was found although it was not expected. */
export function foundReport(found: readonly AuditTrailEvent[], headline: string, expectation: AnyExpectation): string {
  const whole = found.slice(0, LISTED).map((event) => `  ${show(event)}`);
  return [headline, ...expectationLines(expectation), '', 'Recorded:', ...whole, ...more(found)].join('\n');
}

function expectationLines(expectation: AnyExpectation): string[] {
  const { times: _times, ...fields } = expectation;
  return leaves('', fields).map(([field, value]) => `  ${field}: ${show(value)}`);
}

function leaves(path: string, value: unknown): [string, unknown][] {
  if (!isFields(value) || (path !== '' && Object.keys(value).length === 0)) return [[path, value]];
  return Object.entries(value).flatMap(([key, field]) => leaves(path ? `${path}.${key}` : key, field));
}

/** Of the same action if there is one, then with the fewest differences, then the latest. */
function nearestLines(events: readonly AuditTrailEvent[], action: string, expectation: AnyExpectation): string[] {
  const misses = events
    .map((event, index) => ({ event, index, differences: differencesOf(event, action, expectation) }))
    .filter(({ differences }) => differences.length > 0);
  const same = misses.filter(({ event }) => event.action === action);
  // Where nothing is expected but the action, an event of another is near in nothing.
  const others = expectationLines(expectation).length > 0 ? misses : [];
  const candidates = same.length > 0 ? same : others;
  const nearest = candidates.toSorted((a, b) => a.differences.length - b.differences.length || b.index - a.index)[0];
  if (!nearest) return [];
  const { event, index, differences } = nearest;
  return ['', `Nearest is event ${index + 1}, '${event.action}':`, ...differences.map(differenceLine)];
}

function differenceLine({ field, expected, recorded }: Difference): string {
  return `  ${field}: expected ${expected}, recorded ${recorded}`;
}

/** What may be the reason that there is no such event. */
function noteLines(trail: KnowingTrail, action: string): string[] {
  const notes = (kind: string, list: readonly TrailNote[] = []): string[] =>
    list.filter((note) => note.action === action).map(({ reason }) => `  ${kind}: ${reason}`);
  const lines = [
    ...notes('skipped', trail.skipped),
    ...notes('dropped', trail.dropped),
    ...notes('degraded', trail.degraded),
  ];
  return lines.length > 0 ? ['', `Of '${action}' there is also:`, ...lines] : [];
}

function eventLines(events: readonly AuditTrailEvent[]): string[] {
  if (events.length === 0) return ['', 'Nothing was recorded.'];
  return ['', 'Recorded:', ...events.slice(0, LISTED).map(eventLine), ...more(events)];
}

function eventLine({ action, actor, targets, metadata }: AuditTrailEvent, index: number): string {
  const on = targets.map(({ type, id }) => `${type} ${id}`).join(', ');
  const details = Object.keys(metadata).length > 0 ? ` ${show(metadata)}` : '';
  return `  ${index + 1}. ${action} by ${actor.id} on ${on || 'nothing'}${details}`;
}

function more(events: readonly unknown[]): string[] {
  return events.length > LISTED ? [`  … and ${events.length - LISTED} more`] : [];
}
