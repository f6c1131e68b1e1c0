import type { SignedInUser } from '../auth/session.js';
import { avatarView } from '../web/avatar.view.js';
import { csrfField } from '../web/csrf-field.view.js';
import { type Html, html } from '../web/html.js';
import { pagerView } from '../web/pager.view.js';
import { type DirectoryPage, pagesBeside, type Person, type Team } from './directory.page.js';
import { staleView } from './stale.view.js';
import { peopleTabsView } from './tabs.view.js';

export interface PeopleView {
  /** Everybody, or those of one team. */
  readonly page: DirectoryPage<Person> & { readonly team?: Team };
  /** The ids of those of this page who have been invited. */
  readonly invited: ReadonlySet<string>;
  readonly user: SignedInUser;
  readonly csrfToken: string;
}

export function peopleView(view: PeopleView): Html {
  const { page } = view;
  return html`${peopleTabsView('People')} ${page.stale === true && staleView('These are the people')}
  ${page.team && html`<p>In the team <span class="tag">${page.team.name}</span> <a href="/team">Show everybody</a></p>`}
  ${
    page.entries.length > 0
      ? html`<ul class="list">
          ${page.entries.map((person) => item(person, view))}
        </ul>`
      : html`<div class="empty">
          <p>Nobody to show. ${nobodyBecause(view)}</p>
        </div>`
  }
  ${pagerView(pagesBeside(page, '/team', page.team && { team: page.team.id }))}`;
}

function nobodyBecause({ page, user }: PeopleView): string {
  if (page.stale === true) return 'Please try again in a minute.';
  if (page.team) return 'This team is empty.';
  return `People come from the directory of ${user.organizationName}, once it is connected.`;
}

function item({ id, name, email }: Person, { invited, user, csrfToken }: PeopleView): Html {
  return html`<li class="row">
    ${avatarView(name)}
    <div class="grow"><strong>${name}</strong><span class="soft">${email}</span></div>
    ${
      email.toLowerCase() === user.email.toLowerCase()
        ? html`<span class="tag">You</span>`
        : invited.has(id)
          ? html`<span class="tag">Invited</span>`
          : html`<form method="post" action="/team/${id}/invite">
              ${csrfField(csrfToken)}
              <button type="submit" class="quiet" aria-label="Invite ${name}">Invite</button>
            </form>`
    }
  </li>`;
}
