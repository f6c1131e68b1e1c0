import { entryOf, errorOf, type Job } from '../../outbox/pg-boss/pg-boss.jobs.js';
import { messageOf } from '../../event/text.js';
import type { OutboxItem, WholeItem } from './outbox.inspector.js';

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** A job of the queue. */
export function itemOf(job: Job): OutboxItem {
  const { data, state, retryCount, startedOn, startAfter, heartbeatOn, heartbeatSeconds, output } = job;
  const leased = state === 'active';
  const held = !leased && data.held === true && startAfter.getTime() > Date.now();
  const lease = (heartbeatOn ?? startedOn)?.getTime() + (heartbeatSeconds ?? 0) * 1_000;
  return {
    ...facts(job),
    state: leased ? 'leased' : held ? 'held' : 'pending',
    // pg-boss counts from the second attempt on.
    attempts: startedOn ? retryCount + 1 : 0,
    dueAt: leased ? lease : startAfter.getTime(),
    ...(output && { error: errorOf(output) }),
  };
}

/** A job of the dead letter queue. */
export function buriedItem(job: Job): OutboxItem {
  const { sourceRetryCount, sourceOutput, createdOn } = job;
  return {
    ...facts(job),
    state: 'buried',
    attempts: (sourceRetryCount ?? 0) + 1,
    buriedAt: createdOn.getTime(),
    error: errorOf(sourceOutput),
  };
}

export function wholeItem(item: OutboxItem, { data }: Job): WholeItem {
  try {
    return { ...item, event: entryOf(data).event };
  } catch (error) {
    return { ...item, event: { unreadable: messageOf(error), text: data.event } };
  }
}

function facts({ data }: Job): Pick<OutboxItem, 'id' | 'recordedAt' | 'action' | 'organizationId'> {
  const { id, recordedAt, action, organizationId } = data;
  return { id, recordedAt, action, organizationId };
}
