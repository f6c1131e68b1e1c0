import { ROW_STYLE, trailRow } from '../dashboard/trail.row.js';
import { type Page, markup } from '../http/html.js';
import { layout } from '../http/page-layout.js';
import type { StoredEvent } from '../local-workos.types.js';

/** What a link opens. */
export interface PortalVisit {
  readonly organizationId: string;
  readonly intent: string;
  readonly returnUrl?: string;
}

/** What an organization's admin sees: their trail for `audit_logs`, a note for the rest. */
export function portalPage(visit: PortalVisit, organization: string, events: readonly StoredEvent[]): Page {
  const { returnUrl } = visit;
  const back = returnUrl && markup`<p><a href="${returnUrl}" rel="noreferrer">Back to the application</a></p>`;
  const rows = events.map((event) => trailRow(event, organization));
  const trail =
    rows.length === 0
      ? markup`<p role="status">No events yet.</p>`
      : markup`<ol class="trail" aria-label="Events, newest first">${rows}</ol>`;
  const note = markup`<p role="status">LocalWorkOS has nothing to set up for <code>${visit.intent}</code>. A real Admin
Portal would lead ${organization}'s admin through it here.</p>`;
  const main = markup`<h1>${organization}</h1>
<p class="soft">LocalWorkOS in the Admin Portal's place. This link worked once and does not work again.</p>
${back || ''}
${visit.intent === 'audit_logs' ? trail : note}`;
  return layout(`${organization} - Admin Portal`, main, { style: ROW_STYLE });
}

/** What a used or old link shows. */
export function expiredPage(): Page {
  const main = markup`<h1>This link has expired</h1>
<p role="alert">A portal link works once, within five minutes. Generate a new one.</p>`;
  return layout('Link expired - Admin Portal', main, { narrow: true });
}
