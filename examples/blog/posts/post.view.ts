import { avatarView } from '../web/avatar.view.js';
import { csrfField } from '../web/csrf-field.view.js';
import { type Html, html } from '../web/html.js';
import { timeView } from '../web/time.view.js';
import type { Post } from './post.js';

export function postView({ id, title, body, authorName, createdAt }: Post, csrfToken: string): Html {
  return html`<p><a href="/posts">All posts</a></p>
    <article class="post">
      <h1>${title}</h1>
      <p class="byline">${avatarView(authorName)} <span>${authorName}, ${timeView(createdAt)}</span></p>
      <div class="body">${body}</div>
    </article>
    <p class="actions">
      <button type="button" class="quiet bad" popovertarget="delete">Delete post</button>
    </p>
    ${confirmation(id, title, csrfToken)}`;
}

/**
 * Asks before it deletes. A popover needs no script: the browser opens and closes it, puts the cursor into it and back, and one
 * that knows no popovers shows it below the post.
 */
function confirmation(id: string, title: string, csrfToken: string): Html {
  return html`<form
    id="delete"
    popover
    role="dialog"
    aria-labelledby="delete-title"
    aria-describedby="delete-text"
    method="post"
    action="/posts/${id}/delete"
  >
    ${csrfField(csrfToken)}
    <h2 id="delete-title">Delete “${title}”?</h2>
    <p id="delete-text">This cannot be undone. The audit trail keeps who deleted it, and its title.</p>
    <p class="actions">
      <button type="submit" class="bad">Delete for good</button>
      <button type="button" class="quiet" popovertarget="delete" popovertargetaction="hide" autofocus>Keep it</button>
    </p>
  </form>`;
}
