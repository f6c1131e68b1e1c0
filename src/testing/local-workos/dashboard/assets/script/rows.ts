/** The list of a page: takes new rows in at its top, lets as many go at its end, and says so now and then. */
export const ROWS_SCRIPT = String.raw`
const ANNOUNCE_MS = 15000;
const rows = byId('rows');
const list = rows && {
  cursor: rows.dataset.cursor,
  size: Number(rows.dataset.size),
  unsaid: 0,
  saidAt: 0,
  take({ fresh, html, matched, text, counts }, cursor) {
    this.cursor = cursor;
    if (fresh) rows.replaceChildren();
    const before = rows.childElementCount;
    rows.insertAdjacentHTML('afterbegin', html);
    const added = rows.childElementCount - before;
    for (let i = 0; i < added; i += 1) rows.children[i].classList.add('new');
    while (rows.childElementCount > this.size) rows.lastElementChild.remove();
    rows.hidden = rows.childElementCount === 0;
    byId('empty').hidden = !rows.hidden;
    byId('matched').textContent = text;
    this.linkOlder(matched);
    if (counts !== undefined) this.count(counts);
    this.unsaid += added;
    this.announce();
    tellTimes();
  },
  linkOlder(matched) {
    const older = byId('older');
    const last = rows.lastElementChild;
    older.hidden = matched <= rows.childElementCount || last === null;
    if (older.hidden) return;
    const url = new URL(older.href);
    url.searchParams.set('before', this.cursor.split('.')[0] + '.' + last.dataset.number);
    older.href = url;
  },
  count(html) {
    const counts = byId('counts');
    const focused = counts.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    counts.innerHTML = html;
    const select = byId('action');
    const known = new Set(Array.from(select.options, ({ value }) => value));
    for (const link of counts.querySelectorAll('a')) {
      if (link.getAttribute('href') === focused) link.focus();
      const action = link.firstElementChild.textContent;
      if (!known.has(action) && known.size < 200) select.add(new Option(action));
    }
  },
  announce() {
    if (this.unsaid === 0 || Date.now() - this.saidAt < ANNOUNCE_MS) return;
    byId('announce').textContent = this.unsaid === 1 ? '1 new row' : this.unsaid + ' new rows';
    this.saidAt = Date.now();
    this.unsaid = 0;
  },
};
`;
