import { type Html, html } from './html.js';

/** The initials of a name, as an ornament: the name itself must stand beside it. */
export function avatarView(name: string): Html {
  const words = name.split(/\s+/).filter(Boolean);
  const [first, last] = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return html`<span class="avatar" aria-hidden="true">${initialOf(first) + initialOf(last)}</span>`;
}

/** By code point: half of a surrogate pair is no letter. */
function initialOf(word = ''): string {
  const code = word.codePointAt(0);
  return code === undefined ? '' : String.fromCodePoint(code).toUpperCase();
}
