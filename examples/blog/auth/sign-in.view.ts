import { type Html, html } from '../web/html.js';

/** Asks for the e-mail, by whose domain the organization is found. */
export function signInView(view: { email: string; unknown: boolean; suggestions: readonly string[] }): Html {
  return html`<h1>Sign in</h1>
    <form method="get" action="/auth/login">
      <label for="email">Work e-mail</label>
      <input
        id="email"
        name="email"
        type="email"
        required
        autocomplete="email"
        maxlength="254"
        value="${view.email}"
        list="people"
        aria-invalid="${String(view.unknown)}"
        aria-describedby="email-error"
      />
      <datalist id="people">${view.suggestions.map((email) => html`<option value="${email}"></option>`)}</datalist>
      <p id="email-error" class="error" role="alert">
        ${view.unknown && 'No organization signs in with this e-mail. Check it, or ask your administrator.'}
      </p>
      <button type="submit">Continue with single sign-on</button>
    </form>`;
}
