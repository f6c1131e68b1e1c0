import type { Person } from '../directory/directories.js';
import { type Page, markup } from '../http/html.js';
import { layout } from '../http/page-layout.js';

/** One person on the login page. */
export interface LoginChoice {
  readonly person: Person;
  readonly organization: string;
  readonly groups: readonly string[];
  /** Where the click goes. */
  readonly link: string;
  /** A second link: to be this person in the name of a member of one's own team. */
  readonly impersonate?: { readonly link: string; readonly email: string };
}

const STYLE = `
ul.people { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
ul.people a { display: block; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem;
  background: var(--card); color: inherit; text-decoration: none; }
ul.people a.second { padding: .35rem 1rem; margin-top: .25rem; font-size: .9rem; }
ul.people a:hover { border-color: var(--accent); }
ul.people strong { display: block; } ul.people span { display: block; color: var(--soft); font-size: .9rem; }
`;

/** The page on which a developer chooses who to be: everybody seeded, the hinted e-mail first. */
export function loginPage(choices: readonly LoginChoice[], redirectUri: string, hint?: string): Page {
  const sorted = choices.toSorted((a, b) => Number(b.person.email === hint) - Number(a.person.email === hint));
  const items = sorted.map(({ person, organization, groups, link, impersonate }) => {
    const name = [person.firstName, person.lastName].filter(Boolean).join(' ') || person.email;
    return markup`<li><a href="${link}"><strong>${name}</strong>
<span>${person.email}, ${organization}</span>
<span>${groups.length === 0 ? 'no groups' : groups.join(', ')}</span></a>${
      impersonate === undefined
        ? ''
        : markup`<a class="second" href="${impersonate.link}">Impersonate ${name} as ${impersonate.email}</a>`
    }</li>`;
  });
  const nobody = markup`<p role="status">Nobody is seeded here. Give LocalWorkOS.start() a seed with people.</p>`;
  const main = markup`<h1>Sign in as</h1>
<p class="soft">LocalWorkOS stands in for the identity provider: choose somebody, no password needed. You return to
<code>${redirectUri}</code>.</p>
${items.length === 0 ? nobody : markup`<ul class="people">${items}</ul>`}`;
  return layout('Sign in - LocalWorkOS', main, { style: STYLE, narrow: true });
}
