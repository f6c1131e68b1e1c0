import { Script, createContext } from 'node:vm';
import { expect, it, vi } from 'vitest';
import { TRAIL_SCRIPT } from '../../src/testing/local-workos/dashboard/trail.script.js';
import { start } from './support.js';

/** As much of an element as the live page's script uses. */
class FakeElement {
  textContent = '';
  readonly children: { html: string; remove: () => void }[] = [];
  readonly classes = new Set<string>();
  readonly classList = {
    add: (name: string) => this.classes.add(name),
    remove: (name: string) => this.classes.delete(name),
  };
  readonly addEventListener = vi.fn<(name: string, listener: (event: object) => Promise<void>) => void>();

  get lastElementChild() {
    return this.children.at(-1);
  }

  replaceChildren(): void {
    this.children.length = 0;
  }

  /** Takes `<li>` after `<li>` to the front, as a browser would. */
  insertAdjacentHTML(where: string, html: string): void {
    if (where !== 'afterbegin') throw new Error(`rows belong at the front, not ${where}`);
    const added = html.split(/(?=<li>)/).filter(Boolean);
    const items = added.map((item) => ({ html: item, remove: () => void this.children.pop() }));
    this.children.unshift(...items);
  }
}

/** Runs the script as the page would, on elements that the page really has. */
async function run() {
  const { url } = await start();
  const page = await (await fetch(url)).text();
  const elements = new Map<string, FakeElement>();
  const getElementById = (id: string): FakeElement => {
    expect(page).toContain(`id="${id}"`);
    const element = elements.get(id) ?? new FakeElement();
    elements.set(id, element);
    return element;
  };
  const source = {} as { onopen: () => void; onerror: () => void; onmessage: (event: { data: string }) => void };
  const asked: string[] = [];
  const EventSource = function (path: string) {
    asked.push(path);
    return source;
  };
  const fetchFault = vi.fn<(path: string, init: { body: string }) => Promise<{ json: () => Promise<object> }>>(() =>
    Promise.resolve({ json: () => Promise.resolve({ message: 'told' }) }),
  );
  new Script(TRAIL_SCRIPT).runInContext(
    createContext({ document: { getElementById }, EventSource, fetch: fetchFault }),
  );
  const send = (fresh: boolean, events: string, refused = '') =>
    source.onmessage({
      data: JSON.stringify({ fresh, events: { count: 7, html: events }, refused: { count: 3, html: refused } }),
    });
  const rows = (id: string) => getElementById(id).children.map(({ html }) => html);
  return { element: getElementById, rows, source, send, asked, fetchFault };
}

it('puts new rows first, keeps 500, and replaces all of them on a fresh start', async () => {
  const { element, rows, send, asked } = await run();

  send(true, '<li>2<li>1', '<li>r');
  send(false, '<li>4<li>3');
  expect([rows('events'), rows('refused')]).toEqual([['<li>4', '<li>3', '<li>2', '<li>1'], ['<li>r']]);
  expect([element('event-count').textContent, element('refused-count').textContent]).toEqual([7, 3]);

  send(false, Array.from({ length: 600 }, (_, n) => `<li>n${n}`).join(''));
  expect(rows('events')).toHaveLength(500);
  expect(rows('events')[0]).toBe('<li>n0');

  send(true, '<li>9');
  expect([rows('events'), rows('refused')]).toEqual([['<li>9'], []]);
  expect(asked).toEqual(['/_local/trail']);
});

it('says whether it is connected', async () => {
  const { element, source } = await run();

  source.onopen();
  expect([element('state').textContent, element('state').classes.has('live')]).toEqual(['Live', true]);
  source.onerror();
  expect([element('state').textContent, element('state').classes.has('live')]).toEqual([
    'Disconnected, trying again',
    false,
  ]);
});

it('sends the fault that was clicked, and tells the answer', async () => {
  const { element, fetchFault } = await run();
  const [name, submit] = element('faults').addEventListener.mock.calls[0] ?? [];
  const preventDefault = vi.fn<() => void>();

  await submit?.({ preventDefault, submitter: { value: '503' } });

  expect([name, preventDefault.mock.calls.length]).toEqual(['submit', 1]);
  expect(fetchFault.mock.calls[0]).toMatchObject(['/_local/fault', { method: 'POST', body: '{"kind":"503"}' }]);
  expect(element('fault-state').textContent).toBe('told');
});
