import { csrfField } from '../web/csrf-field.view.js';
import { type Html, html } from '../web/html.js';
import type { Person, TeamPage } from './person.js';

export function teamView(page: TeamPage, csrfToken: string): Html {
  return html`<h1>Team</h1>
    ${
      page.stale &&
      html`<p class="card" role="alert">
        The directory does not answer right now. These are the people as they were last seen.
      </p>`
    }
    ${page.teams.length > 0 && html`<p class="soft">Teams: ${page.teams.join(', ')}</p>`}
    ${
      page.people.length === 0
        ? html`<p class="soft">Nobody to show.</p>`
        : html`<ul class="list">
            ${page.people.map((person) => item(person, page.invited.has(person.id), csrfToken))}
          </ul>`
    }
    ${(page.before ?? page.after) !== undefined && pages(page)}`;
}

function item({ id, name, email }: Person, invited: boolean, csrfToken: string): Html {
  return html`<li class="card row">
    <div><strong>${name}</strong><br /><small>${email}</small></div>
    ${
      invited
        ? html`<span class="soft">Invited</span>`
        : html`<form method="post" action="/team/${id}/invite">
            ${csrfField(csrfToken)}
            <button type="submit" class="quiet" aria-label="Invite ${name}">Invite</button>
          </form>`
    }
  </li>`;
}

function pages({ before, after }: TeamPage): Html {
  return html`<nav class="pages" aria-label="Pages">
    ${before !== undefined && html`<a href="/team?before=${encodeURIComponent(before)}" rel="prev">Previous page</a>`}
    ${after !== undefined && html`<a href="/team?after=${encodeURIComponent(after)}" rel="next">Next page</a>`}
  </nav>`;
}
