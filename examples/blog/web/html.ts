const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML that is safe to put into a page. Only {@link html} and {@link attributes} make it. */
export class Html {
  constructor(private readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Part = Html | string | number | false | undefined | readonly Html[];

/**
 * A template whose values are escaped, in elements and in quoted attributes, unless they are {@link Html} themselves.
 * `false` and `undefined` are nothing, so that `condition && html…` works.
 *
 * @example html`<b>${'<script>'}</b>`.toString() // '<b>&lt;script&gt;</b>'
 */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + show(parts[index - 1]) + string));
}

/**
 * The attributes of an element. `true` is a name alone; `false` and `undefined` are nothing.
 *
 * @example html`<input ${attributes({ name: 'title', required: true })} />` // <input name="title" required />
 */
export function attributes(values: Readonly<Record<string, string | number | boolean | undefined>>): Html {
  const written = Object.entries(values).flatMap(([name, value]) => {
    if (value === false || value === undefined) return [];
    return value === true ? name : `${name}="${escape(String(value))}"`;
  });
  return new Html(written.join(' '));
}

function show(part: Part): string {
  if (part === false || part === undefined) return '';
  if (part instanceof Html) return part.toString();
  if (typeof part === 'object') return part.join('');
  return escape(String(part));
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
