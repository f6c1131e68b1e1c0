/** Light and dark, with contrast of 4.5:1 and more, and a focus ring that nobody can miss. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --back: #fafaf9; --card: #fff; --ink: #1c1917; --soft: #57534e; --line: #d6d3d1;
  --accent: #1d4ed8; --on-accent: #fff; --good: #dcfce7; --bad: #b91c1c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #161413; --card: #211e1c; --ink: #f5f5f4; --soft: #b8b2ac; --line: #57534e;
    --accent: #93c5fd; --on-accent: #111; --good: #14532d; --bad: #fca5a5;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 46rem; margin: 0 auto; padding: 1rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; border-bottom: 1px solid var(--line); }
footer { border-top: 1px solid var(--line); color: var(--soft); margin-top: 2rem; }
nav { display: flex; gap: 1rem; }
.brand { font-weight: 700; color: inherit; text-decoration: none; }
.account { display: flex; gap: .75rem; align-items: center; margin-left: auto; }
.account span { display: grid; line-height: 1.2; text-align: right; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0 1rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
a { color: var(--accent); }
small, .soft { color: var(--soft); font-size: .9rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
label { display: block; font-weight: 600; margin: .75rem 0 .25rem; }
input, textarea {
  width: 100%; padding: .5rem .6rem; font: inherit; color: inherit; background: var(--card);
  border: 1px solid var(--soft); border-radius: .4rem;
}
[aria-invalid="true"] { border-color: var(--bad); border-width: 2px; }
.error { color: var(--bad); margin: .25rem 0 0; }
button, .button {
  display: inline-block; padding: .45rem 1rem; font: inherit; font-weight: 600; cursor: pointer; text-decoration: none;
  color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: .4rem;
}
form > button { margin-top: .9rem; }
.quiet, .row form > button { margin-top: 0; }
.quiet { color: var(--ink); background: transparent; border-color: var(--soft); font-weight: 400; }
.message { background: var(--good); padding: .6rem .9rem; border-radius: .4rem; }
.list { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .9rem 1rem; }
.card h3 { margin: 0; font-size: 1.05rem; }
.card h3, .body { overflow-wrap: anywhere; }
.body { white-space: pre-wrap; margin: .5rem 0 0; }
.row { display: flex; gap: 1rem; align-items: center; justify-content: space-between; }
.pages { display: flex; gap: 1rem; margin-top: 1rem; }
`;
