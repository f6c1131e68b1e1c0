import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { serve } from '../support/child.js';

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  /** At the most. */
  readonly seconds: number;
  /** Ends after so many answers. */
  readonly enough?: number;
  /** What the handler has to show, where it works; without it, its usual work. */
  readonly shown?: number;
  /** Requests a second; without it, each connection asks again as soon as it has its answer. */
  readonly rate?: number;
}

export interface Answers {
  readonly perSecond: number;
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const POST = { title: 'On the Analytical Engine', text: 'It can do whatever we know how to order it to perform.' };

/** One keep-alive connection. It reads just enough of HTTP to know when an answer ends, to cost little on a shared machine. */
class Connection {
  #received = '';
  #startedAt = 0;

  private constructor(
    readonly socket: Socket,
    private readonly request: string,
    private readonly onAnswer: (connection: Connection, startedAt: number) => void,
  ) {
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#receive(chunk));
  }

  static async open(load: Load, onAnswer: (connection: Connection, startedAt: number) => void): Promise<Connection> {
    const socket = connect(load.port, '127.0.0.1');
    await once(socket, 'connect');
    const head = `POST ${load.path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench/1.0\r\nContent-Type: application/json\r\n`;
    const body = JSON.stringify({ ...POST, shown: load.shown });
    return new Connection(socket, `${head}Content-Length: ${body.length}\r\n\r\n${body}`, onAnswer);
  }

  send(startedAt: number): void {
    this.#startedAt = startedAt;
    this.socket.write(this.request, 'latin1');
  }

  #receive(chunk: string): void {
    this.#received += chunk;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#received.slice(0, end))?.[1];
    if (this.#received.length < end + 4 + Number(length)) return;
    if (!this.#received.startsWith('HTTP/1.1 201')) throw new Error(`unexpected answer: ${this.#received}`);
    this.#received = '';
    this.onAnswer(this, this.#startedAt);
  }
}

/** Loads a server, and tells how it answered. Every request that was sent is waited for, and counts. */
async function run(load: Load): Promise<Answers> {
  const histogram = createHistogram();
  const idle: Connection[] = [];
  const late: number[] = [];
  let done = false;
  let count = 0;
  let lastAt = 0;
  const onAnswer = (connection: Connection, startedAt: number): void => {
    const now = performance.now();
    count += 1;
    lastAt = now;
    histogram.record(Math.max(1, Math.round((now - startedAt) * 1_000)));
    const next = load.rate === undefined && !done ? now : late.shift();
    if (next === undefined) idle.push(connection);
    else connection.send(next);
  };
  const connections = await Promise.all(
    Array.from({ length: load.connections }, () => Connection.open(load, onAnswer)),
  );
  const start = performance.now();
  if (load.rate === undefined) for (const connection of connections) connection.send(start);
  else idle.push(...connections);
  const ticker = load.rate === undefined ? undefined : paced(load.rate, idle, late);
  while (performance.now() - start < load.seconds * 1_000 && count < (load.enough ?? Infinity)) await sleep(10);
  done = true;
  clearInterval(ticker);
  while (idle.length < connections.length) await sleep(5);
  for (const { socket } of connections) socket.destroy();
  const ms = (percentile: number): number => histogram.percentile(percentile) / 1_000;
  return { perSecond: count / ((lastAt - start) / 1_000), count, p50Ms: ms(50), p99Ms: ms(99) };
}

/** Sends at a rate, whatever the answers do; one that finds no idle connection waits, and its time runs. */
function paced(rate: number, idle: Connection[], late: number[]): NodeJS.Timeout {
  const start = performance.now();
  let sent = 0;
  return setInterval(() => {
    const now = performance.now();
    for (const due = ((now - start) / 1_000) * rate; sent < due; sent += 1) {
      const connection = idle.shift();
      if (connection) connection.send(now);
      else late.push(now);
    }
  }, 1);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

const api = { run };
export type LoadApi = typeof api;
serve(api);
