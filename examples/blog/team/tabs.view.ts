import { attributes, type Html, html } from '../web/html.js';

const TABS = { People: '/team', Teams: '/team/groups', Invitations: '/team/invitations' } as const;

/** The heading of the three pages about people, and the way from one to the other. */
export function peopleTabsView(current: keyof typeof TABS): Html {
  return html`<h1>${current}</h1>
    <nav class="tabs" aria-label="People">
      ${Object.entries(TABS).map(
        ([name, href]) => html`<a ${attributes({ href, 'aria-current': name === current && 'page' })}>${name}</a>`,
      )}
    </nav>`;
}
