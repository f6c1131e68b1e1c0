/**
 * The connection: opened where the page left off, opened again where it left off itself, closed while nobody looks (a
 * browser has six connections for all tabs of a server). A pause keeps the list still, not the figures.
 */
export const LIVE_SCRIPT = String.raw`
const SILENCE_MS = 6000;
const AGAIN_MS = 2000;
const state = byId('state');
const pause = byId('pause');
const live = {
  source: undefined,
  paused: false,
  heardAt: 0,
  totals: undefined,
  seen: undefined,
  open() {
    this.close();
    const url = new URL(document.body.dataset.live, location.href);
    if (this.paused) url.search = '';
    else if (list) url.searchParams.set('since', list.cursor);
    const source = new EventSource(url);
    this.source = source;
    this.heardAt = Date.now();
    source.addEventListener('hello', ({ data }) => {
      const hello = JSON.parse(data);
      outbox?.begin(hello.history);
      this.pulse(hello);
    });
    source.addEventListener('pulse', ({ data }) => this.pulse(JSON.parse(data)));
    source.addEventListener('rows', ({ data, lastEventId }) => {
      this.heardAt = Date.now();
      list.take(JSON.parse(data), lastEventId);
    });
    source.onerror = () => {
      this.tell('Disconnected', 'off');
      // It comes back by itself, unless it was answered with something that is no stream.
      if (source.readyState === EventSource.CLOSED && source === this.source) setTimeout(() => this.look(), AGAIN_MS);
    };
  },
  close() {
    this.source?.close();
    this.source = undefined;
  },
  look() {
    if (!document.hidden) this.open();
  },
  pulse({ totals, fault, outbox: now }) {
    this.heardAt = Date.now();
    this.totals = totals;
    for (const name of ['trail', 'refused']) byId('total-' + name).textContent = totals[name].toLocaleString('en-US');
    if (totals.refused > 0) byId('but-refused')?.removeAttribute('hidden');
    showFault(fault);
    outbox?.take(now);
    tellTimes();
    list?.announce();
    this.tell(this.paused ? 'Paused' : 'Live', this.paused ? 'paused' : 'on');
    if (this.paused) this.tellMissed();
  },
  tell(text, kind) {
    if (state.textContent !== text) state.textContent = text;
    state.dataset.kind = kind;
  },
  tellMissed() {
    const name = document.body.dataset.live.includes('list=refused') ? 'refused' : 'trail';
    const missed = this.totals[name] - (this.seen?.[name] ?? 0);
    pause.textContent = missed > 0 ? 'Resume (' + missed.toLocaleString('en-US') + ' new)' : 'Resume';
  },
  toggle() {
    this.paused = !this.paused;
    this.seen = this.totals;
    pause.textContent = this.paused ? 'Resume' : 'Pause';
    this.open();
  },
};
if (pause && document.body.dataset.live.includes('list=')) {
  pause.hidden = false;
  pause.addEventListener('click', () => live.toggle());
}
document.addEventListener('visibilitychange', () => (document.hidden ? live.close() : live.open()));
addEventListener('pagehide', () => live.close());
addEventListener('pageshow', ({ persisted }) => persisted && live.open());
setInterval(() => {
  if (live.source && Date.now() - live.heardAt > SILENCE_MS) {
    live.tell('Disconnected', 'off');
    live.open();
  }
}, AGAIN_MS);
tellTimes();
live.look();
`;
