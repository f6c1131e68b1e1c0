/** Rows that open, their parts, and what stands around a list. */
export const LIST_STYLE = `
.title { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem .9rem; margin-bottom: .6rem; } .title p { margin: 0; } .title > :is(button, span):last-child { margin-left: auto; }
.title button { font-size: .8125rem; }
.rows { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: .6rem; background: var(--card); overflow: clip; }
.rows li + li { border-top: 1px solid var(--line); }
.rows summary { display: grid; grid-template-columns: 6.5rem minmax(9rem, 1.1fr) minmax(8rem, 1fr) minmax(10rem, 1.6fr); gap: .1rem 1rem; padding: .6rem .9rem; cursor: pointer; list-style: none; overflow-wrap: anywhere; }
.rows summary::-webkit-details-marker { display: none; }
.rows summary:hover, .rows [open] > summary { background: var(--raised); } .rows summary:focus-visible { outline-offset: -2px; }
.rows summary > span { display: flex; flex-direction: column; min-width: 0; }
.rows .on { flex-flow: row wrap; gap: .15rem .75rem; align-content: start; align-items: baseline; }
.rows .why { grid-column: 3 / -1; } .rows .why .field { align-self: start; margin-top: .2rem; }
.rows strong { font-weight: 600; } .rows time { font-variant-numeric: tabular-nums; } .rows .ago { min-height: 1.2em; }
.target { display: inline; } .target small { color: var(--soft); }
.late { color: var(--warn); }
.status { color: var(--bad); font-variant-numeric: tabular-nums; } .field { color: var(--bad); background: var(--bad-wash); border-radius: .3rem; padding: .05rem .35rem; }
.whole { padding: .75rem .9rem .25rem; border-top: 1px solid var(--line); background: var(--bg); }
pre { margin: 0 0 .75rem; white-space: pre-wrap; tab-size: 2; } .rows pre { max-height: 24rem; overflow: auto; }
.key { color: var(--key); } .str { color: var(--str); } .num { color: var(--num); }
.empty { padding: 2.5rem 1.5rem; text-align: center; border: 1px dashed var(--edge); border-radius: .6rem; color: var(--soft); } .empty h3 { color: var(--ink); font-size: 1.05rem; } .empty p:last-child { margin: 0; }
.pager { display: flex; gap: 1.25rem; justify-content: end; padding: .75rem .25rem; }
.title > .pager { margin-left: auto; padding: 0; } .crumbs { margin: 0 0 .5rem; font-size: .875rem; }
@media (max-width: 48rem) { .rows summary { grid-template-columns: 5rem 1fr; } .rows .when { grid-row: 1 / 4; } .rows :is(.who, .on, .why) { grid-column: 2; } .rows :is(.who, .what) { flex-flow: row wrap; gap: 0 .6rem; align-items: baseline; } }
`;
