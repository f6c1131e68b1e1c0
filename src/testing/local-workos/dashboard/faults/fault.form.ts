import { type Html, markup } from '../../http/html.js';
import { FAULT_SWITCHES, type FaultState } from './fault.switches.js';

/** The switches as a form of buttons. */
export function faultForm(state: FaultState, back: string): Html {
  const buttons = FAULT_SWITCHES.map(
    ({ kind, label, sentence }) =>
      markup`<button name="kind" value="${kind}" title="${sentence}" aria-pressed="${String(kind === state.kind)}">${label}</button>`,
  );
  return markup`<form class="faults" method="post" action="/_local/fault">
<input type="hidden" name="back" value="${back}">
<fieldset><legend>Make WorkOS fail</legend>
<p class="hint">Every event that is sent meets it, until you go back to normal. Watch the outbox hold, and then drain.</p>
<p class="switches">${buttons}</p></fieldset></form>`;
}

/** Above every page while something is switched on, so that nobody forgets it. Empty when all is well. */
export function faultBanner(state: FaultState): Html | '' {
  if (state.kind === 'heal') return '';
  return markup`<form class="banner" method="post" action="/_local/fault">
<p role="status">${state.sentence}</p><button name="kind" value="heal">Back to normal</button></form>`;
}
