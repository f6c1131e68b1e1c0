import { Html, type Page, markup } from '../../http/html.js';
import { Trail } from '../../audit-logs/trail.js';
import { Traffic } from '../../http/traffic.js';
import { LocalWorkOSConfig } from '../../local-workos.options.js';
import { FaultSwitches } from '../faults/fault.switches.js';
import { faultBanner } from '../faults/fault.form.js';
import { count } from './number.js';

/** The pages that the navigation leads to. */
const PAGES = [
  { id: 'trail', label: 'Trail', href: '/' },
  { id: 'refused', label: 'Refused', href: '/_local/refused' },
  { id: 'schemas', label: 'Schemas', href: '/_local/schemas' },
] as const;

/** What differs from page to page. */
export interface DashboardPage {
  readonly title: string;
  /** Which entry of the navigation it belongs to. */
  readonly at: (typeof PAGES)[number]['id'];
  readonly main: Html;
  /** Where the live messages come from, if not just the totals: see the live controller. */
  readonly live?: string;
  readonly charts?: boolean;
}

/** The frame around every page: navigation, totals, whether the connection is live, and the fault that is switched on. */
export class DashboardLayout {
  constructor(
    private readonly config: LocalWorkOSConfig,
    private readonly trail: Trail,
    private readonly traffic: Traffic,
    private readonly switches: FaultSwitches,
  ) {}

  page({ title, at, main, live = '/_local/live', charts = false }: DashboardPage): Page {
    const fault = this.switches.state;
    return (nonce) => markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - LocalWorkOS</title>
<link rel="icon" href="data:,">
${charts ? markup`<link rel="stylesheet" href="/_local/assets/uplot.css" nonce="${nonce}">` : ''}
<link rel="stylesheet" href="/_local/assets/dashboard.css" nonce="${nonce}">
${charts ? markup`<script src="/_local/assets/uplot.js" nonce="${nonce}" defer></script>` : ''}
<script src="/_local/assets/dashboard.js" nonce="${nonce}" defer></script>
</head>
<body data-live="${live}">
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><div>
<a class="brand" href="/">${LOGO}<span>LocalWorkOS</span></a>
<nav aria-label="Main"><ul>${this.#navigation(at)}</ul></nav>
<p class="state" id="state" role="status"><noscript>Not live: reload to see what is new</noscript></p>
</div></header>
<div id="fault" data-kind="${fault.kind}">${faultBanner(fault)}</div>
<main id="main">${main}</main>
<footer><p>A stand-in for WorkOS at <code>${this.config.url}</code>. A development tool: nothing leaves this machine.</p></footer>
</body>
</html>`;
  }

  #navigation(at: DashboardPage['at']): Html[] {
    const totals = { trail: this.trail.list.last, refused: this.traffic.refused.last, schemas: undefined };
    return PAGES.map(({ id, label, href }) => {
      const total = totals[id];
      const badge = total === undefined ? '' : markup` <span class="badge" id="total-${id}">${count(total)}</span>`;
      const current = id === at ? markup` aria-current="page"` : '';
      return markup`<li><a href="${href}"${current}>${label}${badge}</a></li>`;
    });
  }
}

/** Lines of a log, the last of them checked. */
const LOGO = new Html(
  '<svg class="logo" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><rect width="24" height="24" rx="6"/>' +
    '<path d="M6 7.5h12M6 12h6M6 16.5h4M13 15.2l2.2 2.3 4-4.6"/></svg>',
);
