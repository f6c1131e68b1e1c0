/** Cards: the outbox, the switches, the actions, an event, the schemas. */
export const PANELS_STYLE = `
.with-aside { display: grid; grid-template-columns: minmax(0, 1fr) 19rem; gap: 1.75rem; align-items: start; }
aside { display: grid; gap: 1rem; position: sticky; top: 4.75rem; }
.card, .faults { border: 1px solid var(--line); border-radius: .6rem; background: var(--card); padding: .9rem 1rem; min-width: 0; }
.card > h2, .faults legend { font-size: .9375rem; font-weight: 600; }
.hint { font-size: .8125rem; color: var(--soft); margin: .15rem 0 .6rem; } .hint:last-child { margin-bottom: 0; }
#outbox[data-state=failing] #outbox-sentence { color: var(--bad); }
.figures { display: grid; grid-template-columns: 1fr 1fr; gap: .7rem 1rem; margin: 0 0 .25rem; }
.figure { min-width: 0; } .figure:first-child { grid-column: 1 / -1; } .figure dt { font-size: .75rem; color: var(--soft); }
.figure dd { margin: 0; font-size: 1.05rem; font-weight: 600; line-height: 1.35; font-variant-numeric: tabular-nums; letter-spacing: -.01em; white-space: nowrap; } .figure:first-child dd:not(.chart) { font-size: 1.5rem; }
.figure.bad dd { color: var(--bad); } .chart { height: 40px; overflow: hidden; border-bottom: 1px solid var(--line); }
.u-cursor-x { border-right-color: var(--edge) !important; }
.faults { margin: 0; } .faults fieldset { border: 0; margin: 0; padding: 0; min-width: 0; } .faults legend { padding: 0; }
.switches { display: flex; flex-wrap: wrap; gap: .4rem; margin: .4rem 0 0; } .switches button { font-size: .8125rem; padding: .25rem .6rem; }
.switches [aria-pressed=true] { background: var(--warn-wash); border-color: var(--warn); color: var(--warn); font-weight: 600; }
.switches [value=heal] { flex-basis: 100%; } .switches [value=heal][aria-pressed=true] { background: var(--card); border-color: var(--line); color: var(--good); }
.actions, .plain { list-style: none; margin: .35rem 0 0; padding: 0; font-size: .875rem; } .plain { margin: 0; }
.actions { max-height: 22rem; overflow: auto; margin-inline: -.4rem; }
.actions a { display: grid; grid-template-columns: 1fr auto; gap: 0 .75rem; padding: .25rem .4rem; color: var(--ink); text-decoration: none; border-radius: .35rem; overflow-wrap: anywhere; }
.actions a:hover { background: var(--raised); } .actions [aria-current] { background: var(--accent-wash); font-weight: 600; } .n, thead th.n { font-variant-numeric: tabular-nums; color: var(--soft); text-align: right; }
.bar { grid-column: 1 / -1; display: block; } .bar rect { fill: var(--accent); opacity: .55; } .actions .soft { padding: .25rem .4rem; }
.columns { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 1.25rem; align-items: start; margin-top: .5rem; }
.columns pre { margin: .5rem 0 0; }
.facts { margin: .5rem 0 0; } .facts > div { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: .5rem; padding: .45rem 0; border-top: 1px solid var(--line); } .facts dt { color: var(--soft); } .facts dd { margin: 0; overflow-wrap: anywhere; }
.all { font-size: .8125rem; margin-left: .4rem; }
.note { padding: .5rem .8rem; border: 1px solid var(--warn-line); background: var(--warn-wash); color: var(--warn); border-radius: .5rem; }
.schema { margin-bottom: 1rem; } .schema h2 code { font-size: .9375rem; font-weight: 600; } th:first-child { width: 5rem; } th.n { width: 6rem; } th.at { width: 15.5rem; } .scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; min-width: 46rem; table-layout: fixed; margin-top: .5rem; font-size: .875rem; } th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-top: 1px solid var(--line); } thead th { border: 0; color: var(--soft); font-weight: 500; font-size: .8125rem; white-space: nowrap; } td.at { white-space: nowrap; padding-right: 0; } td.n, th.n { padding-right: 2rem; }
td .target, td code { display: inline-block; margin: 0 .25rem .15rem 0; padding: 0 .4rem; border-radius: .3rem; background: var(--raised); } td .target code { padding: 0; margin: 0; }
@media (min-width: 56.01rem) { aside { max-height: calc(100vh - 5.75rem); overflow-y: auto; } }
@media (max-width: 70rem) { .with-aside { grid-template-columns: minmax(0, 1fr) 16rem; gap: 1.25rem; } }
@media (max-width: 56rem) { .with-aside { grid-template-columns: minmax(0, 1fr); } aside { position: static; order: -1; } .columns { grid-template-columns: minmax(0, 1fr); }
  .figures { grid-template-columns: repeat(auto-fit, minmax(6rem, 1fr)); gap: .4rem 1rem; } .figure:first-child { grid-column: auto; } .figure:first-child dd:not(.chart) { font-size: 1.05rem; } .chart { height: 24px; }
  .switches [value=heal] { flex-basis: auto; } .faults .hint, aside > :last-child { display: none; } }
@media (max-width: 30rem) { .facts > div { grid-template-columns: 1fr; gap: 0; } }
`;
