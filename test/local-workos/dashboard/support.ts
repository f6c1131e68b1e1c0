import { onTestFinished } from 'vitest';
import type { LocalWorkOS } from '../../../src/testing/index.js';
import { type Answer, post, read, wireEvent } from '../support.js';

export const ATTACK = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;

/** A message of a live connection. */
export interface Message {
  readonly type: string;
  readonly id: string | undefined;
  readonly data: Record<string, unknown>;
}

/** A live connection, read message by message; closed when the test is over. */
export class Live {
  readonly #abort = new AbortController();
  readonly #messages: AsyncGenerator<Message, void>;
  /** The last id that came, as a browser remembers it. */
  lastId: string | undefined;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.#messages = messages(url, headers, this.#abort.signal);
    onTestFinished(() => this.close());
  }

  close(): void {
    this.#abort.abort();
  }

  /** The next message of this type. */
  async next(type: string): Promise<Message> {
    for (;;) {
      const { value } = await this.#messages.next();
      if (value === undefined) throw new Error('the stream has ended');
      if (value.id !== undefined) this.lastId = value.id;
      if (value.type === type) return value;
    }
  }

  /** The rows that come until there is one whose HTML has this text: all of their actions, oldest first. */
  async actionsUntil(action: string): Promise<string[]> {
    const seen: string[] = [];
    while (!seen.includes(action)) {
      const { data } = await this.next('rows');
      if (data.fresh === true) seen.length = 0;
      seen.push(...actionsOf(String(data.html)).toReversed());
    }
    return seen;
  }
}

async function* messages(url: string, headers: Record<string, string>, signal: AbortSignal) {
  const { body } = await fetch(url, { headers, signal });
  let text = '';
  for await (const chunk of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const data = field('data');
      if (data === undefined) continue;
      yield { type: field('event') ?? '', id: field('id'), data: JSON.parse(data) as Record<string, unknown> };
    }
  }
}

export function live(workos: LocalWorkOS, query = 'list=trail', headers: Record<string, string> = {}): Live {
  return new Live(`${workos.url}/_local/live?${query}`, headers);
}

/** The actions of the rows in a page or a message, newest first. */
export function actionsOf(html: string): string[] {
  return [...html.matchAll(/<span class="what"><strong>([^<]*)<\/strong>/g)].map(([, action = '']) => action);
}

/** A page of the dashboard. */
export async function page(workos: LocalWorkOS, path = '/', headers: Record<string, string> = {}): Promise<Answer> {
  return read(await fetch(workos.url + path, { headers, redirect: 'manual' }));
}

/** Sends events of these actions, one after the other. */
export async function act(workos: LocalWorkOS, ...actions: string[]): Promise<void> {
  for (const action of actions) await post(workos, wireEvent({ action }));
}

/** Where a page's list is complete up to. */
export function cursorOf(html: string): string {
  return /data-cursor="([^"]+)"/.exec(html)?.[1] ?? '';
}
