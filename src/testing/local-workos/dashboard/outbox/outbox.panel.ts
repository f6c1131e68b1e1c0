import { type Html, markup } from '../../http/html.js';
import { count } from '../pages/number.js';
import { duration } from '../pages/time.js';
import { type OutboxSample, SERIES } from './outbox.samples.js';
import type { OutboxNow } from './outbox.watch.js';

const LABELS = {
  waiting: 'Waiting',
  delivered: 'Delivered/s',
  retried: 'Retried',
  buried: 'Buried',
  oldest: 'Oldest waits',
} as const;

const HIDDEN = markup` hidden`;

/** The figures of the application's outbox, each with room for its chart. */
export function outboxPanel(now: OutboxNow, charts: boolean): Html {
  const { sentence, texts, state } = outboxMessage(now);
  const figures = SERIES.map(
    (name) => markup`<div class="figure" data-figure="${name}"><dt>${LABELS[name]}</dt>
<dd>${texts?.[name] ?? '–'}</dd><dd class="chart" hidden></dd></div>`,
  );
  const hint = charts
    ? ''
    : markup`<p class="hint">For charts of these: <code>npm i -D uplot</code>, then start LocalWorkOS again.</p>`;
  const absent = state === 'absent';
  return markup`<section class="card" id="outbox" aria-labelledby="outbox-title"><h2 id="outbox-title">The app's outbox</h2>
<p class="hint" id="outbox-sentence">${sentence}</p>
<pre id="outbox-how" tabindex="0"${absent ? '' : HIDDEN}>LocalWorkOS.start({
  outbox: () =&gt; audit.stats(),
})</pre>
<dl class="figures"${absent ? HIDDEN : ''}>${figures}</dl>${absent ? '' : hint}</section>`;
}

/** The same for the script: texts, and the sample that goes on the charts' end. */
export function outboxMessage({ state, reason, sample, figures }: OutboxNow) {
  return {
    state,
    sentence: sentenceOf(state, reason, figures),
    ...(sample && { texts: textsOf(sample) }),
    // A gap in the charts while there are no figures.
    values: state === 'ok' && sample ? [sample.at / 1000, ...SERIES.map((name) => sample[name])] : [Date.now() / 1000],
  };
}

function sentenceOf(state: OutboxNow['state'], reason = '', figures: OutboxNow['figures']): string {
  if (state === 'absent') return 'Events wait in the app, so only the app can tell how many. Let it:';
  if (state === 'starting') return 'Asking the app …';
  if (state === 'failing') return `The app does not tell: ${reason}`;
  const { paused = false, dropped = 0, buried = 0, pending = 0, leased = 0 } = figures ?? {};
  if (dropped > 0) return `${count(dropped)} events are lost: no outbox took them. They stand in the app's error log.`;
  if (paused) return 'Sending is paused: WorkOS refuses the API key. Everything waits.';
  if (pending + leased > 0) return 'Events are waiting to be sent.';
  return buried > 0 ? 'Nothing waits, but what WorkOS refused is buried.' : 'Everything has been delivered.';
}

function textsOf({
  waiting,
  delivered,
  retried,
  buried,
  oldest,
}: OutboxSample): Record<(typeof SERIES)[number], string> {
  return {
    waiting: count(waiting),
    delivered: delivered > 0 && delivered < 10 ? delivered.toFixed(1) : count(Math.round(delivered)),
    retried: count(retried),
    buried: count(buried),
    oldest: oldest === 0 ? '–' : duration(oldest * 1000),
  };
}
