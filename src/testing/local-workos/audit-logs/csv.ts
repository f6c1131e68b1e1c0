import type { StoredEntity, StoredEvent } from '../local-workos.types.js';

const COLUMNS = [
  'action',
  'occurred_at',
  'actor_id',
  'actor_type',
  'actor_name',
  'actor_metadata',
  'context_location',
  'context_user_agent',
  'metadata',
];

/**
 * Events as WorkOS exports them: one line each, the targets numbered from 1 in columns of their own, metadata as JSON.
 * Quoted by RFC 4180. [columns: github.com/jonatascastro12/workos-audit-harness, audit-query.mjs]
 */
export function toCsv(events: readonly StoredEvent[]): string {
  const most = Math.max(0, ...new Set(events.map(({ targets }) => targets.length)));
  const numbers = Array.from({ length: most }, (_, index) => index + 1);
  const targetColumns = numbers.flatMap((n) => ['id', 'type', 'name', 'metadata'].map((part) => `target_${part}_${n}`));
  const lines = events.map((event) => [
    ...eventCells(event),
    ...numbers.flatMap((n) => targetCells(event.targets[n - 1])),
  ]);
  return [[...COLUMNS, ...targetColumns], ...lines].map((cells) => `${cells.map(quote).join(',')}\r\n`).join('');
}

function eventCells({ action, occurredAt, actor, context, metadata }: StoredEvent): string[] {
  return [
    action,
    occurredAt,
    actor.id,
    actor.type,
    actor.name ?? '',
    JSON.stringify(actor.metadata ?? {}),
    context.location,
    context.userAgent ?? '',
    JSON.stringify(metadata),
  ];
}

function targetCells(target: StoredEntity | undefined): string[] {
  if (target === undefined) return ['', '', '', ''];
  return [target.id, target.type, target.name ?? '', JSON.stringify(target.metadata ?? {})];
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
