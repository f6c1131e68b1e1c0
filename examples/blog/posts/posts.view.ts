import { csrfField } from '../web/csrf-field.view.js';
import { type Html, html } from '../web/html.js';
import { MAX_BODY_LENGTH, MAX_TITLE_LENGTH, type Post, type PostDraft, type PostFaults } from './post.js';

export interface PostsView {
  readonly posts: readonly Post[];
  /** What stands in the form. */
  readonly draft: PostDraft;
  readonly faults: PostFaults;
  readonly csrfToken: string;
}

export function postsView(view: PostsView): Html {
  return html`<h1>Posts</h1>
    ${form(view)}
    <h2>Latest</h2>
    ${
      view.posts.length === 0
        ? html`<p class="soft">Nobody has written anything yet.</p>`
        : html`<ul class="list">
            ${view.posts.map((post) => item(post, view.csrfToken))}
          </ul>`
    }`;
}

function form({ draft, faults, csrfToken }: PostsView): Html {
  return html`<form class="card" method="post" action="/posts">
    ${csrfField(csrfToken)}
    <label for="title">Title</label>
    <input
      id="title"
      name="title"
      required
      maxlength="${MAX_TITLE_LENGTH}"
      value="${draft.title}"
      aria-invalid="${String(faults.title !== undefined)}"
      aria-describedby="title-error"
    />
    <p id="title-error" class="error">${faults.title}</p>
    <label for="body">Text</label>
    <textarea
      id="body"
      name="body"
      required
      rows="4"
      maxlength="${MAX_BODY_LENGTH}"
      aria-invalid="${String(faults.body !== undefined)}"
      aria-describedby="body-error"
    >
${draft.body}</textarea>
    <p id="body-error" class="error">${faults.body}</p>
    <button type="submit">Publish</button>
  </form>`;
}

function item({ id, title, body, authorName, createdAt }: Post, csrfToken: string): Html {
  return html`<li class="card">
    <div class="row">
      <h3>${title}</h3>
      <form method="post" action="/posts/${id}/delete">
        ${csrfField(csrfToken)}
        <button type="submit" class="quiet" aria-label="Delete “${title}”">Delete</button>
      </form>
    </div>
    <small>${authorName}, <time datetime="${createdAt}">${createdAt.slice(0, 16).replace('T', ' ')} UTC</time></small>
    <p class="body">${body}</p>
  </li>`;
}
