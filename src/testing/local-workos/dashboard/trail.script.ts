/**
 * What the live page does in the browser: takes rows as the server rendered them (escaped), keeps the newest 500, and
 * says whether it is connected. A reconnect replaces everything, so nothing is shown twice or missed.
 */
export const TRAIL_SCRIPT = `
const MAX = 500;
const state = document.getElementById('state');
const lists = { events: document.getElementById('events'), refused: document.getElementById('refused') };
const counts = { events: document.getElementById('event-count'), refused: document.getElementById('refused-count') };
const source = new EventSource('/_local/trail');
source.onopen = () => { state.textContent = 'Live'; state.classList.add('live'); };
source.onerror = () => { state.textContent = 'Disconnected, trying again'; state.classList.remove('live'); };
source.onmessage = ({ data }) => {
  const update = JSON.parse(data);
  for (const name of ['events', 'refused']) {
    if (update.fresh) lists[name].replaceChildren();
    lists[name].insertAdjacentHTML('afterbegin', update[name].html);
    while (lists[name].children.length > MAX) lists[name].lastElementChild.remove();
    counts[name].textContent = update[name].count;
  }
};
const told = document.getElementById('fault-state');
document.getElementById('faults').addEventListener('submit', async (event) => {
  event.preventDefault();
  const kind = event.submitter.value;
  const answer = await fetch('/_local/fault', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ kind }),
  });
  told.textContent = (await answer.json()).message;
});
`;
