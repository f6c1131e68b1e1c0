import { fieldView } from '../web/field.view.js';
import { type Html, html } from '../web/html.js';

export interface SignInView {
  readonly email: string;
  /** No organization has the e-mail's domain. */
  readonly unknown: boolean;
  /** People who can sign in, where that is no secret. */
  readonly suggestions: readonly string[];
}

/** Asks for the e-mail, by whose domain the organization is found. */
export function signInView({ email, unknown, suggestions }: SignInView): Html {
  return html`<section class="sign-in">
    <h1>Sign in</h1>
    <p class="lead">Write and read with your team. You sign in where your company does: there is no password here.</p>
    <form class="card" method="get" action="/auth/login">
      ${fieldView({
        name: 'email',
        label: 'Work e-mail',
        value: email,
        attributes: {
          type: 'email',
          required: true,
          autocomplete: 'email',
          maxlength: 254,
          ...(suggestions.length > 0 && { list: 'people' }),
        },
        ...(unknown && { error: 'No organization signs in with this e-mail. Check it, or ask your administrator.' }),
      })}
      <datalist id="people">${suggestions.map((suggestion) => html`<option value="${suggestion}"></option>`)}</datalist>
      <button type="submit">Continue with single sign-on</button>
    </form>
  </section>`;
}
