import { csrfField } from '../web/csrf-field.view.js';
import { fieldView } from '../web/field.view.js';
import { type Html, html } from '../web/html.js';
import { timeView } from '../web/time.view.js';
import type { Invitation } from './invitations.repository.js';
import { peopleTabsView } from './tabs.view.js';

export interface InvitationsView {
  /** What stands in the form. */
  readonly email: string;
  readonly error: string | undefined;
  /** The newest. */
  readonly invitations: readonly Invitation[];
  readonly count: number;
  readonly organizationName: string;
  readonly csrfToken: string;
}

export function invitationsView(view: InvitationsView): Html {
  const { invitations, count } = view;
  return html`${peopleTabsView('Invitations')} ${form(view)}
    <section aria-labelledby="invited">
      <h2 id="invited">Invited</h2>
      ${
        invitations.length > 0
          ? html`<ul class="list">
              ${invitations.map(
                ({ email, invitedAt }) =>
                  html`<li class="row">
                    <strong class="grow">${email}</strong> <span class="soft">${timeView(invitedAt)}</span>
                  </li>`,
              )}
            </ul>`
          : html`<div class="empty"><p>Nobody has been invited yet.</p></div>`
      }
      ${count > invitations.length && html`<p class="soft">These are the newest ${invitations.length} of ${count}.</p>`}
    </section>`;
}

function form({ email, error, organizationName, csrfToken }: InvitationsView): Html {
  return html`<form class="card" method="post" action="/team/invitations">
    ${csrfField(csrfToken)}
    ${fieldView({
      name: 'email',
      label: 'Work e-mail',
      hint: `Of somebody in the directory of ${organizationName}`,
      value: email,
      ...(error !== undefined && { error }),
      attributes: { type: 'email', required: true, maxlength: 254, autocomplete: 'off' },
    })}
    <button type="submit">Invite</button>
  </form>`;
}
