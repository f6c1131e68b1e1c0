/** The outbox's figures: numbers always, and charts of the last minutes where uPlot is there. */
export const CHARTS_SCRIPT = String.raw`
const KEPT = 300;
const FIGURES = ['waiting', 'delivered', 'retried', 'buried', 'oldest'];
const panel = byId('outbox');
const colour = (name) => getComputedStyle(panel).getPropertyValue(name).trim();
const placeOf = (figure) => panel.querySelector('[data-figure="' + figure + '"]');
const short = (value) => (value === null || value === undefined ? 'unknown' : String(Math.round(value * 10) / 10));
const outbox = panel && {
  history: [[], [], [], [], [], []],
  texts: {},
  charts: [],
  begin(history) {
    this.history = history.map((series) => series.slice(-KEPT));
    if (this.charts.length === 0 && typeof uPlot === 'function') this.draw();
    this.refresh();
  },
  take({ state, sentence, texts, values }) {
    byId('outbox-sentence').textContent = sentence;
    byId('outbox-how').hidden = state !== 'absent';
    panel.querySelector('dl').hidden = state === 'absent';
    panel.dataset.state = state;
    if (texts) this.texts = texts;
    for (const figure of FIGURES) this.show(figure, this.texts[figure]);
    const [times] = this.history;
    if (state === 'absent' || values[0] <= (times.at(-1) ?? 0)) return;
    this.history.forEach((series, index) => {
      series.push(values[index] ?? null);
      if (series.length > KEPT) series.shift();
    });
    this.refresh();
  },
  show(figure, text) {
    if (text === undefined || panel.matches(':has(.chart:hover)')) return;
    const place = placeOf(figure);
    place.querySelector('dd').textContent = text;
    place.classList.toggle('bad', figure === 'buried' && text !== '0');
  },
  draw() {
    this.charts = FIGURES.map((figure, index) => {
      const place = placeOf(figure).querySelector('.chart');
      place.hidden = false;
      place.setAttribute('role', 'img');
      const chart = new uPlot(
        {
          width: place.clientWidth || 100,
          height: place.clientHeight || 40,
          padding: [3, 0, 2, 0],
          legend: { show: false },
          axes: [{ show: false }, { show: false }],
          scales: { y: { range: (_chart, _min, max) => [0, Math.max(4, (max ?? 0) * 1.2)] } },
          cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false }, sync: { key: 'outbox' } },
          series: [
            {},
            {
              stroke: () => colour(figure === 'buried' ? '--bad' : '--accent'),
              fill: () => colour(figure === 'buried' ? '--bad-wash' : '--accent-wash'),
              width: 1.5,
              points: { show: false },
            },
          ],
          hooks: { setCursor: [(chart) => this.point(figure, index, chart.cursor.idx)] },
        },
        [[], []],
        place,
      );
      new ResizeObserver(() => {
        if (place.clientWidth > 0) chart.setSize({ width: place.clientWidth, height: place.clientHeight });
      }).observe(place);
      return chart;
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.refresh());
  },
  point(figure, index, at) {
    const [times] = this.history;
    const isAt = at !== null && at !== undefined && times[at] !== undefined;
    const text = isAt
      ? short(this.history[index + 1][at]) + ' at ' + new Date(times[at] * 1000).toISOString().slice(11, 19)
      : this.texts[figure];
    if (text !== undefined) placeOf(figure).querySelector('dd').textContent = text;
  },
  refresh() {
    const [times] = this.history;
    this.charts.forEach((chart, index) => {
      const values = this.history[index + 1];
      chart.setData([times, values]);
      const most = values.reduce((max, value) => Math.max(max, value ?? 0), 0);
      const place = placeOf(FIGURES[index]);
      const name = place.querySelector('dt').textContent;
      place
        .querySelector('.chart')
        .setAttribute('aria-label', name + ' in the last minutes: now ' + short(values.at(-1)) + ', at most ' + short(most));
    });
  },
};
`;
