import { isAdmin } from '../auth/session.js';
import { csrfField } from './csrf-field.view.js';
import { attributes, type Html, html } from './html.js';
import type { Page, Section } from './page.renderer.js';
import { STYLE_URL } from './style.controller.js';

/** How many team names fit beside the name of somebody. */
const TEAMS_SHOWN = 2;

/** Header, navigation, message, page and footer. */
export function layoutView({ title, main, section, request, message }: Page, trailUrl: string | undefined): Html {
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>${title} - Team blog</title>
      <link rel="icon" href="${ICON}" />
      <link rel="stylesheet" href="${STYLE_URL}" />
    </head>
    <body>
      <a class="skip" href="#main">Skip to content</a>
      <header class="top">
        <div class="width">
          <a class="brand" href="/">Team blog</a>
          ${request && navigation(request, section, trailUrl)}
        </div>
      </header>
      <main id="main" class="width" tabindex="-1">
        ${message !== undefined && html`<p class="message" role="status">${message}</p>`} ${main}
      </main>
      ${
        trailUrl !== undefined &&
        html`<footer class="width">
          Runs on LocalWorkOS, a stand-in for WorkOS on this machine. ${trailLink(trailUrl, 'Open its dashboard')}
        </footer>`
      }
    </body>
  </html>`;
}

/** To the trail as WorkOS keeps it. */
function trailLink(url: string, words: string): Html {
  return html`<a href="${url}" target="_blank" rel="noopener">${words}</a>`;
}

function navigation({ user, csrfToken }: NonNullable<Page['request']>, section?: Section, trailUrl?: string): Html {
  return html`<nav aria-label="Main">
      ${navigationLink('/dashboard', 'Dashboard', section === 'dashboard')}
      ${navigationLink('/posts', 'Posts', section === 'posts')}
      ${navigationLink('/team', 'People', section === 'people')}
      ${isAdmin(user) && navigationLink('/settings', 'Settings', section === 'settings')}
      ${trailUrl !== undefined && trailLink(trailUrl, 'See the trail')}
    </nav>
    <form class="account" method="post" action="/auth/logout">
      ${csrfField(csrfToken)}
      <p><strong>${user.name}</strong> <span class="soft">${teamsOf(user.groups.map(({ name }) => name))}</span></p>
      <button type="submit" class="quiet">Log out</button>
    </form>`;
}

function navigationLink(href: string, words: string, current: boolean): Html {
  return html`<a ${attributes({ href, 'aria-current': current && 'page' })}>${words}</a>`;
}

function teamsOf(names: readonly string[]): string {
  if (names.length === 0) return 'no team';
  const more = names.length - TEAMS_SHOWN;
  return names.slice(0, TEAMS_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#4338ca"/>' +
    '<path d="M4 5h8M4 8h8M4 11h5" stroke="#fff" stroke-width="1.5" stroke-linecap="round"/></svg>',
)}`;
