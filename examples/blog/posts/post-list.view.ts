import { type Html, html } from '../web/html.js';
import { pagerView } from '../web/pager.view.js';
import { timeView } from '../web/time.view.js';
import type { Post } from './post.js';

export interface PostsView {
  /** Those of this page. */
  readonly posts: readonly Post[];
  /** Of all pages. */
  readonly count: number;
  /** From 1. */
  readonly page: number;
  readonly last: number;
}

export function postsView({ posts, count, page, last }: PostsView): Html {
  return html`<div class="title">
      <div>
        <h1>Posts</h1>
        ${count > 0 && html`<p class="lead">${count === 1 ? 'One post' : `${count} posts`}, the newest first</p>`}
      </div>
      ${count > 0 && html`<a class="button" href="/posts/new">Write a post</a>`}
    </div>
    ${count > 0 ? postListView(posts) : empty()}
    ${pagerView({
      ...(page > 1 && { previous: `/posts?page=${page - 1}` }),
      ...(page < last && { next: `/posts?page=${page + 1}` }),
    })}`;
}

export function postListView(posts: readonly Post[]): Html {
  return html`<ul class="list">
    ${posts.map(
      ({ id, title, authorName, createdAt }) =>
        html`<li>
          <a class="row" href="/posts/${id}">
            <strong>${title}</strong>
            <span class="soft">${authorName}, ${timeView(createdAt)}</span>
          </a>
        </li>`,
    )}
  </ul>`;
}

function empty(): Html {
  return html`<div class="empty">
    <p>Nobody has written anything yet. The first post could be yours.</p>
    <p><a class="button" href="/posts/new">Write a post</a></p>
  </div>`;
}
