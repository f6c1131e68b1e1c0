import type { OutboxEntry } from 'nestjs-workos-audit';
import type { App } from '../../crash/support/child.js';

/** The events that an instance has printed whole because no outbox took them, as the ids of their things. */
export function droppedIds(app: App): string[] {
  const printed = [...app.output.matchAll(/The event, whole: (\{.*\})$/gm)].map(([, json = '']) => {
    return (JSON.parse(json) as OutboxEntry).event;
  });
  return printed.map(({ targets }) => targets.find(({ type }) => type === 'thing')?.id ?? 'none');
}
