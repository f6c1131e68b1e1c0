import { CliError } from '../cli.error.js';
import type { BuriedSelection, OutboxInspector } from './outbox.inspector.js';

/** Flags that say which buried events. */
export const selectionFlags = {
  id: { type: 'string', multiple: true },
  action: { type: 'string' },
  organization: { type: 'string' },
} as const;

interface SelectionValues {
  readonly id?: readonly string[];
  readonly action?: string;
  readonly organization?: string;
}

export function selectionOf({ id = [], action, organization }: SelectionValues, until = Date.now()): BuriedSelection {
  return { ids: [...new Set(id)], action, organizationId: organization, until };
}

/** Whether the flags leave out anything. */
export function isNarrowed({ id, action, organization }: SelectionValues): boolean {
  return [id, action, organization].some((value) => value !== undefined);
}

/** Refuses ids of which no buried event is there, before anything is done. @throws CliError that says what they are */
export async function checkIds({ ids }: BuriedSelection, outbox: OutboxInspector): Promise<void> {
  const problems: string[] = [];
  for (const id of ids) {
    const item = await outbox.find(id);
    if (!item) problems.push(notThere(id, outbox));
    else if (item.state !== 'buried') problems.push(`the event ${id} is ${item.state}, not buried`);
  }
  if (problems.length > 0) throw new CliError(`${problems.join('\n')}\nNothing was changed.`);
}

export function notThere(id: string, { name }: OutboxInspector): string {
  return `there is no event '${id}' in ${name}; one that was delivered is no longer in it`;
}
