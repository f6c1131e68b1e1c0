/** How long ago everything was. */
export const TIME_SCRIPT = String.raw`
const ago = (ms) => {
  const s = Math.floor(ms / 1000);
  if (s < 2) return 'just now';
  if (s < 60) return s + ' s ago';
  const m = Math.floor(s / 60);
  if (m < 60) return m + ' min ago';
  const h = Math.floor(m / 60);
  return h < 48 ? h + ' h ago' : Math.floor(h / 24) + ' days ago';
};
const tellTimes = () => {
  const now = Date.now();
  for (const place of document.querySelectorAll('.ago')) {
    const at = place.dataset.at ?? place.previousElementSibling?.dateTime;
    const text = at ? ago(now - Date.parse(at)) : '';
    if (place.textContent !== text) place.textContent = text;
  }
};
`;
