import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { timingSafeEqual } from 'node:crypto';
import { newSecret } from '../auth/secrets.js';
import { siemPage, siemRows } from './siem.page.js';

/** An event as a log stream brings it. */
export interface StreamedEvent {
  readonly id: string;
  readonly action: string;
  readonly occurred_at: string;
  readonly actor: { readonly id: string; readonly name?: string };
  readonly targets: readonly { readonly id: string; readonly type: string; readonly name?: string }[];
}

/** Only the last ones are kept. */
const MAX_EVENTS = 1_000;
const MAX_BODY_BYTES = 256 * 1024;

/**
 * What stands at the other end of a log stream: takes events by HTTP POST, as the SIEM of a customer does, and shows them on
 * a page. It can be switched off, to see what becomes of the stream then. For this machine only.
 */
export class Siem {
  /** What senders must bring as `Authorization: Bearer …`. */
  readonly token = newSecret().slice(0, 16);
  /** By id: a stream may bring an event twice. */
  readonly #events = new Map<string, StreamedEvent>();
  readonly #server = createServer((request, response) => {
    void this.#answer(request, response).catch(() => response.destroy());
  });
  #isOn = true;

  private constructor() {}

  /** @param port 0 is any free one */
  static async start(port = 0): Promise<Siem> {
    const siem = new Siem();
    siem.#server.listen(port, '127.0.0.1');
    await once(siem.#server, 'listening');
    return siem;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Where a stream posts its events. */
  get endpoint(): string {
    return `${this.url}/events`;
  }

  /** Newest first. */
  get events(): readonly StreamedEvent[] {
    return [...this.#events.values()].toReversed();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { port } = new URL(this.url);
    const hosts = [`localhost:${port}`, `127.0.0.1:${port}`];
    // Another name for this machine may be that of a page elsewhere (DNS rebinding).
    if (!hosts.includes(request.headers.host ?? '')) return end(response, 403, 'for this machine only');
    switch (`${request.method} ${request.url}`) {
      case 'POST /events':
        return this.#take(request, response);
      case 'POST /switch':
        return this.#switch(request, response, hosts);
      case 'GET /':
        return siemPage(response, this, this.#isOn);
      case 'GET /rows':
        return end(response, 200, siemRows(this.events).toString(), 'text/html; charset=utf-8');
      default:
        return end(response, 404, 'nothing here');
    }
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const event = parse(await bodyOf(request));
    if (!this.#knows(request.headers.authorization)) return end(response, 401, 'the token is missing or wrong');
    if (!this.#isOn) return end(response, 503, 'switched off');
    if (event === undefined) return end(response, 400, 'no event');
    this.#events.set(event.id, event);
    const [oldest] = this.#events.keys();
    if (this.#events.size > MAX_EVENTS && oldest !== undefined) this.#events.delete(oldest);
    return end(response, 202, 'taken');
  }

  async #switch(request: IncomingMessage, response: ServerResponse, hosts: string[]): Promise<void> {
    await bodyOf(request);
    const { origin } = request.headers;
    if (origin !== undefined && !hosts.some((host) => origin === `http://${host}`)) {
      return end(response, 403, 'only the page itself may do this');
    }
    this.#isOn = !this.#isOn;
    response.writeHead(303, { Location: '/' }).end();
  }

  #knows(authorization: string | undefined): boolean {
    const [given, wanted] = [Buffer.from(authorization ?? ''), Buffer.from(`Bearer ${this.token}`)];
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

function end(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  const headers = { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' };
  response.writeHead(status, headers).end(text);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): StreamedEvent | undefined {
  try {
    const event = JSON.parse(text) as Partial<StreamedEvent> | null;
    const isEvent =
      [event?.id, event?.action, event?.occurred_at, event?.actor?.id].every((part) => typeof part === 'string') &&
      Array.isArray(event?.targets);
    return isEvent ? (event as StreamedEvent) : undefined;
  } catch {
    return undefined;
  }
}
