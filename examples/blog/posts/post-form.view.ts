import { csrfField } from '../web/csrf-field.view.js';
import { fieldView } from '../web/field.view.js';
import { type Html, html } from '../web/html.js';
import { MAX_BODY_LENGTH, MAX_TITLE_LENGTH, type PostDraft, type PostFaults } from './post.js';

export interface PostFormView {
  /** What stands in the form. */
  readonly draft: PostDraft;
  readonly faults: PostFaults;
  readonly csrfToken: string;
}

export function postFormView({ draft, faults, csrfToken }: PostFormView): Html {
  return html`<h1>Write a post</h1>
    <form class="card" method="post" action="/posts">
      ${csrfField(csrfToken)}
      ${fieldView({
        name: 'title',
        label: 'Title',
        value: draft.title,
        error: faults.title,
        attributes: { required: true, maxlength: MAX_TITLE_LENGTH, autocomplete: 'off' },
      })}
      ${fieldView({
        name: 'body',
        label: 'Text',
        value: draft.body,
        error: faults.body,
        rows: 12,
        attributes: { required: true, maxlength: MAX_BODY_LENGTH },
      })}
      <p class="actions">
        <button type="submit">Publish</button>
        <a class="button quiet" href="/posts">Cancel</a>
      </p>
    </form>`;
}
