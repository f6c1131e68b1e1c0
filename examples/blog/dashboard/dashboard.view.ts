import { isAdmin, type SignedInUser } from '../auth/session.js';
import type { Post } from '../posts/post.js';
import { postListView } from '../posts/post-list.view.js';
import { type Html, html } from '../web/html.js';

export interface DashboardView {
  readonly user: SignedInUser;
  /** The latest. */
  readonly posts: readonly Post[];
  readonly postCount: number;
  readonly invitedCount: number;
  readonly trailUrl: string | undefined;
}

export function dashboardView({ user, posts, postCount, invitedCount, trailUrl }: DashboardView): Html {
  return html`<div class="title">
      <div>
        <h1>Dashboard</h1>
        <p class="lead">${user.organizationName}</p>
      </div>
      <a class="button" href="/posts/new">Write a post</a>
    </div>
    <ul class="cards">
      ${card('Posts', String(postCount), html`<a href="/posts">Read them all</a>`)}
      ${card('People invited', String(invitedCount), html`<a href="/team/invitations">Invite somebody</a>`)}
      ${card(
        'Your teams',
        String(user.groups.length),
        user.groups.length > 0
          ? html`${user.groups.map(({ name }) => html`<span class="tag">${name}</span> `)}`
          : html`<span class="soft">You are in no team of the directory.</span>`,
      )}
    </ul>
    <section aria-labelledby="latest">
      <h2 id="latest">Latest posts</h2>
      ${
        posts.length > 0
          ? postListView(posts)
          : html`<div class="empty">
              <p>Nobody has written anything yet. The first post could be yours.</p>
            </div>`
      }
    </section>
    <section aria-labelledby="trail">
      <h2 id="trail">Audit trail</h2>
      <p>
        Signing in and out, posts that are published or deleted, invitations: each is recorded, with who did it, in
        which teams, from where and when.
      </p>
      <p class="actions">
        ${trailUrl !== undefined && html`<a class="button quiet" href="${trailUrl}" target="_blank" rel="noopener">Watch it live</a>`}
        ${isAdmin(user) && html`<a class="button quiet" href="/settings#download">Download it</a>`}
      </p>
    </section>`;
}

function card(label: string, figure: string, more: Html): Html {
  return html`<li class="card">
    <p class="soft">${label}</p>
    <p class="figure">${figure}</p>
    <p>${more}</p>
  </li>`;
}
