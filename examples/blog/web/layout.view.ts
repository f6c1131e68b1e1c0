import { csrfField } from './csrf-field.view.js';
import { type Html, html } from './html.js';
import type { Page } from './page.renderer.js';

/** Header, navigation, message, page and footer. */
export function layoutView({ title, main, request, message }: Page, trailUrl: string | undefined): Html {
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${title} - Team blog</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href="/style.css" />
    </head>
    <body>
      <a class="skip" href="#main">Skip to content</a>
      <header>
        <a class="brand" href="/">Team blog</a>
        ${request && navigation(request)}
      </header>
      <main id="main">${message !== undefined && html`<p class="message" role="status">${message}</p>`} ${main}</main>
      ${
        trailUrl !== undefined &&
        html`<footer>
          Runs on LocalWorkOS: <a href="${trailUrl}" target="_blank" rel="noopener">see the live audit trail</a>
        </footer>`
      }
    </body>
  </html>`;
}

function navigation({ user, csrfToken }: NonNullable<Page['request']>): Html {
  const teams = user.groups.map(({ name }) => name).join(', ') || 'no team';
  return html`<nav aria-label="Main">
      <a href="/posts">Posts</a>
      <a href="/team">Team</a>
    </nav>
    <form class="account" method="post" action="/auth/logout">
      ${csrfField(csrfToken)}
      <span><strong>${user.name}</strong> <small>${teams}</small></span>
      <button type="submit" class="quiet">Log out</button>
    </form>`;
}
