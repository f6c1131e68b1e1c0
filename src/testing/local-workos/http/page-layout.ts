import { Html, type Page, markup } from './html.js';
import { PALETTE } from './palette.js';

/** Type and focus rings of the pages that stand alone. */
const BASE_STYLE = `${PALETTE}* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
main.narrow { max-width: 34rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0 1rem; } .soft { color: var(--soft); }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code, pre { font: .85rem/1.45 ui-monospace, monospace; } code { overflow-wrap: anywhere; }
`;

/** A whole page around a `<main>`. */
export function layout(
  title: string,
  main: Html,
  options: { style?: string; script?: string; narrow?: boolean } = {},
): Page {
  const { style = '', script, narrow = false } = options;
  return (nonce) => markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${new Html(BASE_STYLE + style)}</style>
</head>
<body>
<main class="${narrow ? 'narrow' : 'wide'}">
${main}
</main>
${script === undefined ? '' : markup`<script nonce="${nonce}">${new Html(script)}</script>`}
</body>
</html>`;
}
