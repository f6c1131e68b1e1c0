import { Child } from '../support/child.js';
import { type Cpu, cpuEach } from '../support/cpu.js';
import { each, interleaved } from '../support/rounds.js';
import { median } from '../support/statistics.js';
import type { Answers, LoadApi } from './load.js';
import type { ServerApi, ServerSettings } from './server.js';
import type { Variant } from './variants.js';

export const CONNECTIONS = 64;

/** How the servers of a round are asked. */
export interface TurnsPlan {
  /**
   * Before the measurement, so that the code is compiled: at the most so many requests, and so long, that give a handler that works
   * as little to do as can be; and then for a moment its usual work.
   */
  readonly warmUp: { readonly enough: number; readonly seconds: number };
  readonly turns: number;
  /** As fast as the server answers. */
  readonly seconds: number;
  /** Moreover at a rate that every variant can serve, for the latency. */
  readonly paced?: { readonly perSecond: number; readonly seconds: number };
}

/** One turn of one server. */
export interface Turn {
  readonly full: Answers;
  /** Of a request. */
  readonly cpu: Cpu;
  readonly paced?: Answers;
}

/**
 * The turns of each server of a round. A difference of a hundredth shows only where the machine is the same for all: so the servers
 * live at the same time and are asked by turns, too short for the machine to change between one and the next. Those that wait
 * for theirs are stopped, so that their deliveries disturb nobody.
 */
export async function sideBySide(
  plan: TurnsPlan,
  load: Child<LoadApi>,
  servers: readonly ServerSettings[],
): Promise<Turn[][]> {
  const started = await Promise.all(servers.map((settings) => Served.start(load, settings)));
  try {
    for (const server of started) await server.warmUp(plan);
    for (const server of started) server.pause();
    const turns = await interleaved(
      plan.turns,
      started,
      (server) => server.active(() => server.turn(plan)),
      () => {},
    );
    for (const server of started) await server.active(() => server.check());
    return started.map((server) => turns.get(server) ?? []);
  } finally {
    await Promise.all(started.map((server) => server.end()));
  }
}

/** A figure of a round: the median of its turns. */
export function ofRound(turns: readonly Turn[], pick: (turn: Turn) => number): number {
  return median(each(turns, pick));
}

/** The same, compared with another server in the same turn. */
export function againstOther(
  turns: readonly Turn[],
  others: readonly Turn[],
  compare: (turn: Turn, other: Turn) => number,
): number {
  return median(turns.map((turn, index) => compare(turn, others[index] ?? turn)));
}

class Served {
  #answered = 0;

  private constructor(
    private readonly load: Child<LoadApi>,
    private readonly child: Child<ServerApi>,
    private readonly variant: Variant,
    private readonly port: number,
  ) {}

  static async start(load: Child<LoadApi>, settings: ServerSettings): Promise<Served> {
    const child = Child.start<ServerApi>(new URL('server.js', import.meta.url), settings);
    return new Served(load, child, settings.variant, await child.ask('port'));
  }

  pause(): void {
    this.child.pause();
  }

  async active<T>(work: () => Promise<T>): Promise<T> {
    this.child.resume();
    try {
      return await work();
    } finally {
      this.child.pause();
    }
  }

  async warmUp({ warmUp }: TurnsPlan): Promise<void> {
    await this.#ask({ ...warmUp, shown: 1 });
    await this.#ask({ seconds: 0.3 });
  }

  async turn({ seconds, paced }: TurnsPlan): Promise<Turn> {
    const before = await this.child.ask('cpu');
    const full = await this.#ask({ seconds });
    const cpu = cpuEach(before, await this.child.ask('cpu'), full.count);
    return { full, cpu, ...(paced && { paced: await this.#ask({ seconds: paced.seconds, rate: paced.perSecond }) }) };
  }

  /** A figure is worth nothing when events are missing. */
  async check(): Promise<void> {
    const stats = await this.child.ask('stats');
    if (!stats) return;
    const { recorded, dropped, degraded, delivered, pending, leased } = stats;
    const expected = ['/audited', '/written-ahead'].includes(this.variant.path) ? this.#answered : 0;
    // What was claimed last may be settled between the two counts.
    const missing = Math.abs(recorded - delivered - pending - leased);
    if (recorded !== expected || dropped + degraded > 0 || missing > 16) {
      throw new Error(
        `${this.variant.label}: ${this.#answered} requests were answered, but the counters say ${JSON.stringify(stats)}`,
      );
    }
  }

  end(): Promise<void> {
    return this.child.end();
  }

  async #ask(how: { seconds: number; enough?: number; shown?: number; rate?: number }): Promise<Answers> {
    const { path } = this.variant;
    const answers = await this.load.ask('run', { ...how, port: this.port, path, connections: CONNECTIONS });
    this.#answered += answers.count;
    return answers;
  }
}
