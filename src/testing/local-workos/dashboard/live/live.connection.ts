import type { Observable } from 'rxjs';
import type { LocalResponse } from '../../http/local-request.js';
import { cursorText } from '../list/cursor.js';
import type { RowFeed } from './live.view.js';
import { EventStream } from './sse.js';

/** New rows go out together, so that thousands of events a second do not drown the browser. In milliseconds. */
const BUNDLE_MS = 100;
/** How often the totals and the outbox are told; a browser that hears nothing for some of these comes back anew. */
const PULSE_MS = 1000;

/** What a connection tells. */
export interface LiveContent {
  /** The list that the page shows; undefined for the totals alone. */
  readonly rows: RowFeed | undefined;
  /** Whenever there may be new rows. */
  readonly changes: Observable<unknown>;
  /** What is told first, and after that whenever the seconds pass. */
  readonly hello: () => unknown;
  readonly pulse: () => unknown;
}

/** Keeps a browser up to date until it goes away; then nothing of it stays. */
export function keepLive(response: LocalResponse, { rows, changes, hello, pulse }: LiveContent): void {
  const stream = new EventStream(response);
  let bundle: NodeJS.Timeout | undefined;
  const tell = (): void => {
    bundle = undefined;
    // What a full stream misses now, it is told at the next pulse that finds it empty again.
    const message = stream.isFull ? undefined : rows?.next();
    if (rows && message) stream.send('rows', message, cursorText(rows.cursor));
  };
  const subscription = rows && changes.subscribe(() => (bundle ??= setTimeout(tell, BUNDLE_MS).unref()));
  const beat = setInterval(() => {
    if (stream.isFull) return;
    stream.send('pulse', pulse());
    tell();
  }, PULSE_MS).unref();
  response.once('close', () => {
    subscription?.unsubscribe();
    clearInterval(beat);
    clearTimeout(bundle);
  });
  stream.send('hello', hello());
  tell();
}
