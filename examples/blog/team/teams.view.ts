import type { SignedInUser } from '../auth/session.js';
import { type Html, html } from '../web/html.js';
import { pagerView } from '../web/pager.view.js';
import { type DirectoryPage, pagesBeside, type Team } from './directory.page.js';
import { staleView } from './stale.view.js';
import { peopleTabsView } from './tabs.view.js';

export function teamsView(page: DirectoryPage<Team>, { groups, organizationName }: SignedInUser): Html {
  const own = new Set(groups.map(({ id }) => id));
  return html`${peopleTabsView('Teams')} ${page.stale === true && staleView('These are your own teams')}
  ${
    page.entries.length > 0
      ? html`<ul class="list">
          ${page.entries.map(
            ({ id, name }) =>
              html`<li>
                <a class="row" href="/team?team=${encodeURIComponent(id)}">
                  <strong class="grow">${name}</strong> ${own.has(id) && html`<span class="tag">Your team</span>`}
                </a>
              </li>`,
          )}
        </ul>`
      : html`<div class="empty">
          <p>No team to show. Teams are the groups of the directory of ${organizationName}.</p>
        </div>`
  }
  ${pagerView(pagesBeside(page, '/team/groups'))}`;
}
