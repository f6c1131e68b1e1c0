import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { LocalWorkOS, StoredEvent } from 'nestjs-workos-audit/testing';
import type { App } from './child.js';

/** The audited routes of app.ts: with the guarantee `after`, twice with `write-ahead`, and what is recorded by hand. */
export type Route = 'after' | 'ahead' | 'slow' | `record/${string}`;

/** What became of the requests that were asked for, each under an id of its own, against the events that WorkOS has. */
export interface Verdict {
  /** Answered, but there is no event. */
  readonly missing: string[];
  /** More than one event. */
  readonly doubled: string[];
  /** Events of no request. */
  readonly foreign: string[];
  /** Answered, but the event does not know what came of it. */
  readonly unsettled: string[];
  /** Answered with anything but 201. */
  readonly refused: string[];
}

export const flawless: Verdict = { missing: [], doubled: [], foreign: [], unsettled: [], refused: [] };

/** Asks, and remembers what was answered. */
export class Ledger {
  readonly asked = new Set<string>();
  readonly answered = new Set<string>();
  readonly #refused: string[] = [];

  /** Sends requests from so many clients at a time, until `more` says no or nobody answers any longer. */
  async ask(app: App, clients: number, more: () => boolean, route: () => Route = () => 'after'): Promise<void> {
    const url = await app.ready;
    const agent = new Agent({ keepAlive: true, maxSockets: clients });
    const client = async (): Promise<void> => {
      while (more() && (await this.#post(url, route(), agent)));
    };
    try {
      await Promise.all(Array.from({ length: clients }, client));
    } finally {
      agent.destroy();
    }
  }

  /** Sends exactly so many. */
  async askFor(app: App, count: number, clients = 32, route?: () => Route): Promise<void> {
    let left = count;
    await this.ask(app, clients, () => (left -= 1) >= 0, route);
  }

  verdict(events: readonly StoredEvent[]): Verdict {
    const times = new Map<string, number>();
    for (const event of events) times.set(thingOf(event), (times.get(thingOf(event)) ?? 0) + 1);
    const unknown = events.filter(({ metadata }) => metadata.outcome === 'unknown').map(thingOf);
    return {
      missing: [...this.answered].filter((id) => !times.has(id)),
      doubled: [...times].filter(([, count]) => count > 1).map(([id]) => id),
      foreign: [...times.keys()].filter((id) => !this.asked.has(id)),
      unsettled: unknown.filter((id) => this.answered.has(id)),
      refused: this.#refused,
    };
  }

  /** @returns whether there was an answer */
  #post(url: string, route: Route, agent: Agent): Promise<boolean> {
    const id = randomUUID();
    this.asked.add(id);
    return new Promise((resolve) => {
      const sent = request(`${url}/${route}/${id}`, { method: 'POST', agent, timeout: 20_000 }, (response) => {
        if (response.statusCode === 201) this.answered.add(id);
        else this.#refused.push(`${route} ${id}: ${response.statusCode}`);
        response.resume().once('close', () => resolve(true));
      });
      sent.once('timeout', () => sent.destroy());
      sent.once('error', () => resolve(false));
      sent.end();
    });
  }
}

function thingOf({ targets }: StoredEvent): string {
  return targets.find(({ type }) => type === 'thing')?.id ?? 'none';
}

/** How often an event was sent again that WorkOS had already accepted. */
export function needlessSends(workos: LocalWorkOS): number {
  const accepted = workos.requests.filter(({ path, status }) => path === '/audit_logs/events' && status === 200);
  return accepted.length - new Set(accepted.map(({ headers }) => headers['idempotency-key'])).size;
}
