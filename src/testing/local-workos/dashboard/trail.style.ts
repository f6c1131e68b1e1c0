import { ROW_STYLE } from './trail.row.js';

/** How the live page looks. */
export const TRAIL_STYLE = `${ROW_STYLE}
header { display: flex; flex-wrap: wrap; gap: 1rem 2rem; justify-content: space-between; align-items: end; }
.state { font-variant-numeric: tabular-nums; }
.state::before { content: ''; display: inline-block; width: .6rem; height: .6rem; margin-right: .5rem; border-radius: 50%;
  background: var(--bad); }
.state.live::before { background: var(--good); }
fieldset { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .9rem .9rem; margin: 1rem 0; }
button { font: inherit; padding: .35rem .9rem; margin: .25rem .5rem 0 0; border: 1px solid var(--line); border-radius: .4rem;
  background: var(--card); color: inherit; cursor: pointer; }
button:hover { border-color: var(--accent); }
`;
