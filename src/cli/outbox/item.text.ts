import { cutText } from '../../event/text.js';
import type { DeliveryError } from '../../outbox/outbox.js';
import { momentOf } from '../units.js';
import { visible } from '../visible.js';
import type { OutboxItem, WholeItem } from './outbox.inspector.js';

/** Characters of a message in a table; `show` has all of it. */
const MESSAGE_LENGTH = 120;

/** Why the last attempt failed, in one line: what to look for first, and WorkOS's words last. */
export function reasonOf(error: DeliveryError | undefined): string {
  if (!error) return '';
  const { status, code, requestId, message } = error;
  const facts = [status, code, requestId].filter((fact) => fact !== undefined).join(' ');
  const text = cutText(visible(message).trim(), MESSAGE_LENGTH);
  return [visible(facts), text].filter(Boolean).join(': ');
}

/** An item with its moments in ISO 8601. */
export function itemAsJson(item: OutboxItem): object {
  const { recordedAt, dueAt, buriedAt } = item;
  return {
    ...item,
    recordedAt: momentOf(recordedAt),
    ...(dueAt !== undefined && { dueAt: momentOf(dueAt) }),
    ...(buriedAt !== undefined && { buriedAt: momentOf(buriedAt) }),
  };
}

/** All of an item, to be read: what is inside of something stands indented below it. */
export function itemAsText(item: WholeItem): string {
  return outline(itemAsJson(item)).join('\n');
}

function outline(object: object): string[] {
  const entries = Object.entries(object) as [string, unknown][];
  const names = entries.map(([name]) => (Array.isArray(object) ? '-' : visible(name)));
  const width = Math.max(...names.map((name) => name.length));
  return entries.flatMap(([, value], index) => {
    const name = names[index] ?? '';
    if (typeof value !== 'object' || value === null) return [`${name.padEnd(width)}  ${visible(String(value))}`];
    const inner = outline(value);
    return inner.length === 0 ? [`${name.padEnd(width)}  none`] : [name].concat(inner.map((line) => `  ${line}`));
  });
}
