import { type Html, html } from './html.js';

/** The initials of a name, as an ornament: the name itself must stand beside it. */
export function avatarView(name: string): Html {
  const words = name.split(/\s+/).filter(Boolean);
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '');
  return html`<span class="avatar" aria-hidden="true">${initials.join('').toUpperCase()}</span>`;
}
