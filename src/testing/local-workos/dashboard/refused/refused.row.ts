import { type Html, markup } from '../../http/html.js';
import type { RefusedRequest } from '../../local-workos.types.js';
import { type Cursor, cursorText } from '../list/cursor.js';
import type { Numbered } from '../list/select.js';
import { jsonStart } from '../pages/json.html.js';
import { momentHtml } from '../pages/time.js';
import { reasonOf } from './refused.reason.js';

/** One refused request: a line with the reason that opens to what was answered and what was sent. */
export function refusedRow({ number, item: refused }: Numbered<RefusedRequest>, generation: string): Html {
  const { at, status, method, path, reason } = refused;
  const { message, action, fields } = reasonOf(refused);
  return markup`<li data-number="${number}"><details><summary>
<span class="when">${momentHtml(at)}<small class="ago"></small></span>
<span class="what"><strong><span class="status">${status}</span> ${action ?? ''}</strong><small>${method} ${path}</small></span>
<span class="why">${message}${reason === undefined ? '' : markup`<small>${reason}</small>`}${fieldsHtml(fields)}</span>
</summary><div class="whole"><h3>What WorkOS answered</h3>${jsonStart(refused.answer)}
<h3>What was sent</h3>${jsonStart(refused.body)}
<p><a href="${refusedHref({ generation, number })}">Open this refusal</a></p></div></details></li>`;
}

/** Where a refusal has a page of its own. */
export function refusedHref(cursor: Cursor): string {
  return `/_local/refused/${cursorText(cursor)}`;
}

/** The fields that WorkOS named. */
export function fieldsHtml(fields: readonly string[]): Html {
  return markup`${fields.map((field) => markup` <code class="field">${field}</code>`)}`;
}
