/** The fault switches without leaving the page, and the buttons that copy JSON. */
export const CONTROLS_SCRIPT = String.raw`
const showFault = ({ kind, banner }) => {
  const place = byId('fault');
  if (place.dataset.kind === kind) return;
  place.dataset.kind = kind;
  const hadFocus = place.contains(document.activeElement);
  place.innerHTML = banner;
  if (hadFocus) (place.querySelector('button') ?? byId('main')).focus();
  for (const button of document.querySelectorAll('.faults button')) {
    button.setAttribute('aria-pressed', String(button.value === kind));
  }
};
document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (form.method !== 'post' || !event.submitter) return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  try {
    const answer = await fetch(form.action, { method: 'POST', body: fields, headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error(String(answer.status));
    live.look();
  } catch {
    // As it would have gone without this script; the browser shows what is wrong.
    const kind = Object.assign(document.createElement('input'), { type: 'hidden', name: 'kind', value: event.submitter.value });
    form.append(kind);
    form.submit();
  }
});
for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Not allowed';
    }
    setTimeout(() => (button.textContent = 'Copy'), 2000);
  });
}
`;
