import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditGroup } from '../actor/principal.js';
import { field, isRecord, items, text } from '../actor/reading.js';
import { groupsOf } from '../actor/groups.js';
import { compareText } from '../catalogue/schema.digest.js';
import type { WorkOSApi, WorkOSManagementClient } from '../workos/workos.api.js';
import { RateWindow } from './rate-window.js';
import { Recent } from './recent.js';

/** The largest page that WorkOS gives. */
const PAGE = 100;
/** A thousand groups; whoever is in more is a mistake of the directory. */
const MAX_PAGES = 10;
/** How many directories' pace is remembered. */
const MAX_WINDOWS = 1_000;
/** Limit of one request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 5_000;
/** How long to wait after a 429 without `Retry-After`, in milliseconds. */
const DEFAULT_HOLD_MS = 1_000;

/** A user of a directory, as far as a lookup needs them. */
export interface DirectoryUser {
  readonly id: string;
  readonly idpId?: string;
  readonly email?: string;
  readonly active: boolean;
}

/** By which attribute users of a directory are asked for. */
export type UserFilter = { readonly idp_id: string } | { readonly email: string };

/** How long a lookup may take. */
export interface Deadline {
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly signal: AbortSignal;
}

/** The requests of a lookup, at the pace that WorkOS allows. Each rejects with the reason if there is no answer in time. */
export class DirectoryApi {
  readonly #windows = new Recent<string, RateWindow>(MAX_WINDOWS);

  constructor(
    private readonly workos: WorkOSApi,
    private readonly requestsPerSecond: number,
    private readonly onRateLimited: () => void,
  ) {}

  /** The ids of an organization's directories. */
  async directoriesOf(organizationId: string, deadline: Deadline): Promise<string[]> {
    const { data } = await this.#get('/directories', { organization_id: organizationId, limit: `${PAGE}` }, deadline);
    return data.flatMap((directory) => text(field(directory, 'id')) ?? []);
  }

  /**
   * The users of a directory with an attribute, one page of them. The API has both filters, although they are in neither the
   * types of the SDK nor the OpenAPI document; so whoever asks compares again.
   */
  async usersOf(directory: string, filter: UserFilter, deadline: Deadline): Promise<DirectoryUser[]> {
    const window = this.#windows.get(directory) ?? new RateWindow(this.requestsPerSecond);
    this.#windows.set(directory, window);
    const { data } = await this.#get('/directory_users', { directory, ...filter }, deadline, window);
    return data.flatMap((user): DirectoryUser[] => {
      const id = text(field(user, 'id'));
      const [idpId, email] = [text(field(user, 'idp_id')), text(field(user, 'email'))];
      return id === undefined ? [] : [{ id, idpId, email, active: field(user, 'state') === 'active' }];
    });
  }

  /** The groups of a user. Not `user.groups`, which is empty for WorkOS teams made since May 2026. */
  async groupsOf(user: string, deadline: Deadline): Promise<AuditGroup[]> {
    const groups: AuditGroup[] = [];
    let after: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const query = { user, limit: `${PAGE}`, ...(after !== undefined && { after }) };
      const list = await this.#get('/directory_groups', query, deadline);
      groups.push(...groupsOf(list.data.filter(isRecord)));
      after = list.after;
      if (after === undefined) break;
    }
    return inOrder(groups);
  }

  async #get(path: string, query: Record<string, string>, deadline: Deadline, window?: RateWindow) {
    const send = (client: Pick<WorkOSManagementClient, 'get'>): Promise<unknown> =>
      client.get(`${path}?${new URLSearchParams(query).toString()}`);
    const request = { what: `GET ${path}`, method: 'get', send };
    for (;;) {
      await window?.enter(deadline.at, deadline.signal);
      const leftMs = Math.min(deadline.at - performance.now(), REQUEST_TIMEOUT_MS);
      if (leftMs <= 0) throw new Error(`GET ${path} had no time left`);
      const signal = AbortSignal.any([deadline.signal, AbortSignal.timeout(leftMs)]);
      const { outcome, value } = await this.workos.once(request, signal);
      if (outcome.kind === 'delivered') return listOf(path, field(value, 'data'));
      const { status, message } = outcome.error;
      const reason = `GET ${path}: ${status === undefined ? '' : `${status} `}${message}`;
      if (outcome.kind !== 'throttled') throw new Error(reason);
      this.onRateLimited();
      const holdMs = Math.max(outcome.retryAfterMs ?? DEFAULT_HOLD_MS, 1);
      if (performance.now() + holdMs > deadline.at) throw new Error(reason);
      if (window) window.hold(holdMs);
      else await sleep(holdMs, undefined, { ref: false, signal: deadline.signal });
    }
  }
}

function listOf(path: string, list: unknown): { data: unknown[]; after?: string } {
  const data = field(list, 'data');
  if (!Array.isArray(data)) throw new Error(`GET ${path} was answered with something that is no list`);
  return { data: items(data, PAGE), after: text(field(field(list, 'list_metadata'), 'after')) };
}

/** By name, so that the same groups look the same in each event; by code unit, as on every machine. */
export function inOrder(groups: readonly AuditGroup[]): AuditGroup[] {
  const label = ({ id, name = '' }: AuditGroup): string => `${name}\n${id}`;
  return groups.toSorted((a, b) => compareText(label(a), label(b)));
}
