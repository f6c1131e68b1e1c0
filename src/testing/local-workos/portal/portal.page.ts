import { type Html, type Page, markup } from '../http/html.js';
import { layout } from '../http/page-layout.js';
import type { StoredEvent } from '../local-workos.types.js';
import { FORM_STYLE } from './log-stream.content.js';
import type { PortalVisit } from './portal.visits.js';
import { ROW_STYLE, trailRow } from './trail.row.js';

/** What an organization's admin sees: their trail for `audit_logs`, their stream for `log_streams`, a note for the rest. */
export function portalPage(visit: PortalVisit, organization: string, content: Html): Page {
  const { returnUrl } = visit;
  const back = returnUrl && markup`<p><a href="${returnUrl}" rel="noreferrer">Back to the application</a></p>`;
  const main = markup`<h1>${organization}</h1>
<p class="soft">LocalWorkOS in the Admin Portal's place. The link that led here worked once and does not work again.</p>
${back || ''}
${content}`;
  return layout(`${organization} - Admin Portal`, main, { style: ROW_STYLE + FORM_STYLE });
}

/** The trail, newest first. */
export function trailContent(organization: string, events: readonly StoredEvent[]): Html {
  const rows = events.map((event) => trailRow(event, organization));
  return rows.length === 0
    ? markup`<p role="status">No events yet.</p>`
    : markup`<ol class="trail" aria-label="Events, newest first">${rows}</ol>`;
}

/** What LocalWorkOS has no page for. */
export function noteContent(organization: string, intent: string): Html {
  return markup`<p role="status">LocalWorkOS has nothing to set up for <code>${intent}</code>. A real Admin Portal would
lead ${organization}'s admin through it here.</p>`;
}

/** What a used or old link shows. */
export function expiredPage(): Page {
  const main = markup`<h1>This link has expired</h1>
<p role="alert">A portal link works once, within five minutes. Generate a new one.</p>`;
  return layout('Link expired - Admin Portal', main, { narrow: true });
}
