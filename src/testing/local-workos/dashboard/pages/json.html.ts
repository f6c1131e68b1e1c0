import { type Html, markup } from '../../http/html.js';

/** Texts up to this length are coloured; longer ones would make too many elements. */
const MAX_COLOURED = 32 * 1024;
const TOKENS = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d[\d.eE+-]*|\btrue\b|\bfalse\b|\bnull\b)/g;

/** A value as JSON for people: indented. A text that was no JSON stays as it is. */
export function jsonText(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, null, 2) ?? 'none';
}

/** The beginning of such a text, for a list in which it can be opened. */
export function jsonStart(value: unknown, max = 4000): Html {
  const text = jsonText(value);
  const cut = text.length > max ? `${text.slice(0, max)}\n… and ${text.length - max} characters more` : text;
  return markup`<pre tabindex="0">${cut}</pre>`;
}

/** The whole of it, its keys and values told apart by colour. */
export function jsonHtml(value: unknown): Html {
  const text = jsonText(value);
  if (typeof value === 'string' || text.length > MAX_COLOURED) return markup`<pre tabindex="0">${text}</pre>`;
  const parts: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [whole, string, colon, other] = match;
    parts.push(markup`${text.slice(end, match.index)}`);
    if (string === undefined) parts.push(markup`<span class="num">${other ?? ''}</span>`);
    else parts.push(markup`<span class="${colon === undefined ? 'str' : 'key'}">${string}</span>${colon ?? ''}`);
    end = match.index + whole.length;
  }
  return markup`<pre tabindex="0">${parts}${text.slice(end)}</pre>`;
}
