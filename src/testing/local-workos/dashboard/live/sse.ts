import type { LocalResponse } from '../../http/local-request.js';

/** How soon a browser is to come back, in milliseconds. */
const RETRY_MS = 1000;

/** A stream of server-sent events. [https://html.spec.whatwg.org/multipage/server-sent-events.html] */
export class EventStream {
  constructor(private readonly response: LocalResponse) {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
  }

  /** Whether the browser does not keep up. */
  get isFull(): boolean {
    return this.response.writableNeedDrain;
  }

  /** @param id what the browser names when it comes back, in `Last-Event-ID` */
  send(type: string, data: unknown, id?: string): void {
    // JSON has no line breaks of its own, so one line of data is enough.
    this.response.write(`event: ${type}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
  }
}
