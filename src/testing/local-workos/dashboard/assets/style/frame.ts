/** Type, header, navigation, forms and buttons. */
export const FRAME_STYLE = `
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: 4.5rem; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif;
  min-height: 100vh; display: flex; flex-direction: column; }
main { flex: 1; width: 100%; max-width: 90rem; margin: 0 auto; padding: 1.25rem 1.25rem 3rem; }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 0; letter-spacing: -.01em; } h2 { font-size: 1rem; margin: 0; } h3 { font-size: .95rem; margin: 0 0 .35rem; }
p { margin: 0 0 .75rem; } .lead { max-width: 46rem; color: var(--soft); }
small { font-size: .8125rem; color: var(--soft); } .soft { color: var(--soft); }
code, pre { font: .8125rem/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, monospace; overflow-wrap: anywhere; }
h1 code { font-size: 1.2rem; }
a { color: var(--accent); text-underline-offset: .15em; text-decoration-thickness: 1px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: .25rem; }
.hidden, .skip:not(:focus) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip:focus { position: absolute; z-index: 3; left: 1rem; top: .5rem; padding: .35rem .75rem; background: var(--card); }
.top { position: sticky; top: 0; z-index: 2; background: var(--card); border-bottom: 1px solid var(--line); }
.top > div { max-width: 90rem; margin: 0 auto; padding: 0 1.25rem; min-height: 3.5rem; display: flex; flex-wrap: wrap; align-items: center; gap: 0 1.75rem; }
.brand { display: inline-flex; align-items: center; gap: .55rem; color: var(--ink); font-weight: 650; text-decoration: none; letter-spacing: -.01em; }
.logo rect { fill: var(--accent); } .logo path { fill: none; stroke: var(--on-accent); stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
.top ul { display: flex; gap: .25rem; margin: 0; padding: 0; list-style: none; }
.top li a { display: inline-flex; align-items: center; gap: .4rem; padding: 1rem .6rem calc(1rem - 2px); color: var(--soft); text-decoration: none; border-bottom: 2px solid transparent; }
.top li a:hover { color: var(--ink); } .top li a[aria-current] { color: var(--ink); border-color: var(--accent); font-weight: 550; }
.badge { font-size: .75rem; font-variant-numeric: tabular-nums; padding: 0 .45rem; border-radius: 1rem; background: var(--raised); color: var(--soft); font-weight: 500; }
.state { margin: 0 0 0 auto; font-size: .8125rem; color: var(--soft); display: flex; align-items: center; gap: .45rem; min-width: 3.5rem; }
.state::before { content: ''; width: .5rem; height: .5rem; border-radius: 50%; background: var(--edge); }
.state[data-kind=on]::before { background: var(--good); } .state[data-kind=off]::before { background: var(--bad); } .state[data-kind=off] { color: var(--bad); }
.banner { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: center; padding: .5rem 1.25rem; background: var(--warn-wash); border-bottom: 1px solid var(--warn-line); color: var(--warn); }
.banner p { margin: 0; font-weight: 550; }
button, input, select { font: inherit; color: inherit; }
button { padding: .3rem .75rem; border: 1px solid var(--edge); border-radius: .4rem; background: var(--card); cursor: pointer; line-height: 1.4; }
button:hover { background: var(--raised); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 550; } button.primary:hover { filter: brightness(1.08); }
input, select { width: 100%; min-width: 0; padding: .35rem .55rem; border: 1px solid var(--edge); border-radius: .4rem; background: var(--card); height: 2.15rem; }
input::placeholder { color: var(--soft); opacity: 1; }
input[aria-invalid] { border-color: var(--bad); }
.filter { display: grid; grid-template-columns: repeat(12, 1fr); gap: .65rem .75rem; margin: 0 0 1.5rem; align-items: end; }
.filter label { grid-column: span 3; font-size: .8125rem; font-weight: 550; display: grid; gap: .2rem; } .filter label .soft { font-weight: 400; }
.filter label > :is(input, select) { font-size: .875rem; font-weight: 400; } .filter label > [type=datetime-local] { font-size: .75rem; padding-inline: .4rem; }
.filter .wide { grid-column: span 6; } .filter .go { grid-column: span 3; margin: 0; display: flex; gap: 1rem; align-items: center; height: 2.15rem; }
.filter .fault { grid-column: 1 / -1; color: var(--bad); margin: 0; font-size: .875rem; }
footer { padding: 1rem 0; border-top: 1px solid var(--line); color: var(--soft); font-size: .8125rem; } footer p { max-width: 90rem; margin: 0 auto; padding: 0 1.25rem; }
@media (max-width: 70rem) { .filter .wide { grid-column: span 8; } .filter label { grid-column: span 4; } .filter label:has([name=actor]), .filter label:has([name=target]) { grid-column: span 6; } .filter .go { grid-column: span 4; } }
@media (max-width: 40rem) { main, .top > div { padding-inline: .9rem; } .top > div { gap: 0 1rem; } .brand { padding-top: .6rem; } .top nav { order: 1; width: 100%; } .top li a { padding-block: .5rem; }
  .state { padding-top: .6rem; } .filter :is(label, .go):not(.wide) { grid-column: span 6 !important; } .filter .wide { grid-column: 1 / -1; } footer p { padding-inline: .9rem; } }
@media (prefers-reduced-motion: no-preference) { .new { animation: new 2.5s ease-out; } @keyframes new { from { background: var(--new); } } }
`;
