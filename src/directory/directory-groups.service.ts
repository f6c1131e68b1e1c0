import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { groupsOf } from '../actor/groups.js';
import type { AuditGroup } from '../actor/principal.js';
import { field, text } from '../actor/reading.js';
import { LogThrottle } from '../audit.log.js';
import type { ResolvedAuditOptions } from '../audit.options.resolved.js';
import { AUDIT_OPTIONS, AUDIT_WORKOS } from '../audit.tokens.js';
import { guarded } from '../event/guarded.js';
import { messageOf } from '../event/text.js';
import { WorkOSApi } from '../workos/workos.api.js';
import { DirectoryApi } from './directory.api.js';
import { DirectoryLookup, type LookupKeys } from './directory.lookup.js';
import { directoryChange, type WorkOSWebhookEvent } from './directory.webhook.js';
import { concerns, keyOf, type Membership, Memberships } from './memberships.js';

/** By what groups are looked up: an SSO profile as it is, or `{ organizationId, email }` of an AuthKit session. */
export interface DirectoryProfile {
  readonly organizationId?: string | null;
  readonly idpId?: string | null;
  readonly email?: string | null;
  /** What the identity provider says; used where no directory answers. */
  readonly groups?: readonly (string | AuditGroup)[] | null;
}

/** What {@link DirectoryGroupsService} has done since the start of the process. */
export interface DirectoryStats {
  /** Questions that were answered from memory. */
  readonly hits: number;
  /** Lookups that were begun. */
  readonly lookups: number;
  /** Lookups that found nobody. */
  readonly unknown: number;
  /** Lookups that failed. */
  readonly failed: number;
  /** Questions that were answered before their lookup was done. */
  readonly late: number;
  /** Requests that WorkOS answered with 429. */
  readonly rateLimited: number;
  /** People who are remembered now. */
  readonly remembered: number;
}

/** How long a lookup may take in the end, in milliseconds, whoever still waits for it. */
const LOOKUP_TIMEOUT_MS = 30_000;
/** How long somebody whom no directory knows is not looked for again, in milliseconds. */
const MAX_UNKNOWN_TTL_MS = 60_000;

/** One lookup, shared by all who ask for the same person. */
interface Pending {
  readonly keys: LookupKeys;
  readonly done: Promise<Membership>;
  /** Somebody has waited for it in vain, so that nobody else needs to. */
  late: boolean;
}

/**
 * The groups of people in Directory Sync, remembered for a while, so that a guard may ask for each request. It never rejects
 * and never takes longer than `directory.timeoutMs`: where the directory gives no answer, the groups are those that are
 * remembered, else those of the profile, else none.
 *
 * @example
 * request.user = { ...identity, groups: await this.groups.groupsOf(identity) };
 */
@Injectable()
export class DirectoryGroupsService implements OnApplicationShutdown {
  readonly #logger = new Logger('DirectoryGroupsService');
  readonly #throttle = new LogThrottle((message) => this.#logger.warn(message));
  readonly #options: ResolvedAuditOptions['directory'];
  readonly #lookup: DirectoryLookup;
  readonly #memberships: Memberships;
  readonly #pending = new Map<string, Pending>();
  readonly #closed = new AbortController();
  readonly #counts = { hits: 0, lookups: 0, unknown: 0, failed: 0, late: 0, rateLimited: 0 };

  constructor(@Inject(AUDIT_OPTIONS) { directory }: ResolvedAuditOptions, @Inject(AUDIT_WORKOS) workos: WorkOSApi) {
    this.#options = directory;
    const api = new DirectoryApi(workos, directory.requestsPerSecond, () => (this.#counts.rateLimited += 1));
    this.#lookup = new DirectoryLookup(api, directory);
    this.#memberships = new Memberships(directory.maxEntries);
  }

  /** The groups of somebody, with their names, for `request.user.groups`. Never rejects. */
  async groupsOf(profile: DirectoryProfile): Promise<readonly AuditGroup[]> {
    const keys = keysOf(profile);
    if (!keys) return fallback(profile, undefined);
    const known = this.#memberships.get(keys);
    if (known && performance.now() < known.freshUntil) {
      this.#counts.hits += 1;
      return fallback(profile, known);
    }
    return fallback(profile, await this.#wait(this.#pending.get(keyOf(keys)) ?? this.#begin(keys)));
  }

  /** The same, looked up now, whatever is remembered. */
  async refresh(profile: DirectoryProfile): Promise<readonly AuditGroup[]> {
    const keys = keysOf(profile);
    return fallback(profile, keys && (await this.#wait(this.#begin(keys))));
  }

  /** Forgets somebody, or everybody. */
  forget(profile?: DirectoryProfile): void {
    const keys = profile && keysOf(profile);
    if (keys) {
      this.#memberships.delete(keys);
      this.#pending.delete(keyOf(keys));
    }
    if (profile) return;
    this.#memberships.clear();
    this.#pending.clear();
    this.#lookup.forget();
  }

  /**
   * Keeps what is remembered right: give it the webhooks `dsync.group.*`, `dsync.user.*`, `dsync.activated` and
   * `dsync.deleted`, **after** their signature was checked on the raw body. They may come late, twice and in any order.
   *
   * @returns whether it was one of these; anything else, rubbish too, is left alone
   * @example
   * const event = await workos.webhooks.constructEvent({ payload: request.rawBody, sigHeader, secret });
   * groups.handleWebhook(event);
   */
  handleWebhook(event: WorkOSWebhookEvent): boolean {
    const change = directoryChange(event);
    if (!change) return false;
    if (change.kind === 'organization') this.#lookup.forget(change.organizationId);
    for (const [key, { keys }] of this.#pending) {
      // What a lookup under way will find may be older than this.
      if (concerns(change, keys)) this.#pending.delete(key);
    }
    this.#memberships.apply(change);
    return true;
  }

  /** What it has done, for your metrics. */
  stats(): DirectoryStats {
    return { ...this.#counts, remembered: this.#memberships.size };
  }

  onApplicationShutdown(): void {
    this.#closed.abort(new Error('the application shuts down'));
  }

  async #wait(pending: Pending): Promise<Membership | undefined> {
    const known = (): Membership | undefined => this.#memberships.get(pending.keys);
    if (pending.late) return known();
    const answer = await guarded(() => pending.done, this.#options.timeoutMs);
    if (answer.ok) return answer.value;
    pending.late = true;
    this.#counts.late += 1;
    this.#complain(`there was no answer within ${this.#options.timeoutMs} ms`);
    return known();
  }

  #begin(keys: LookupKeys): Pending {
    const key = keyOf(keys);
    const pending: Pending = { keys, done: this.#find(keys, () => this.#pending.get(key) === pending), late: false };
    this.#pending.set(key, pending);
    return pending;
  }

  /** @param isCurrent whether nothing has happened meanwhile that the lookup may not know of */
  async #find(keys: LookupKeys, isCurrent: () => boolean): Promise<Membership> {
    this.#counts.lookups += 1;
    const asOf = Date.now();
    const membership = await this.#ask(keys, asOf).catch((error: unknown): Membership => {
      this.#counts.failed += 1;
      this.#complain(messageOf(error));
      return {
        ...(this.#memberships.get(keys) ?? { keys, asOf }),
        freshUntil: this.#until(this.#options.failureTtlMs),
      };
    });
    if (isCurrent()) {
      this.#pending.delete(keyOf(keys));
      this.#memberships.set(membership);
    }
    return membership;
  }

  async #ask(keys: LookupKeys, asOf: number): Promise<Membership> {
    const deadline = { at: performance.now() + LOOKUP_TIMEOUT_MS, signal: this.#closed.signal };
    const found = await this.#lookup.find(keys, deadline);
    if (typeof found === 'object') return { keys, ...found, asOf, freshUntil: this.#until(this.#options.ttlMs) };
    this.#counts.unknown += 1;
    if (found === 'no user') {
      const { organizationId, idpId, email } = keys;
      this.#throttle.log(`No directory of ${organizationId} has the user ${idpId ?? email}; ${FALLBACK}`);
    }
    return { keys, asOf, freshUntil: this.#until(Math.min(this.#options.ttlMs, MAX_UNKNOWN_TTL_MS)) };
  }

  #until(ms: number): number {
    return performance.now() + ms;
  }

  /** Names nobody, so that an outage is one line a minute and not one for each login. */
  #complain(reason: string): void {
    if (this.#closed.signal.aborted) return;
    this.#throttle.log(
      `Groups could not be read from Directory Sync: ${reason}; what is remembered serves, else ${FALLBACK}`,
    );
  }
}

const FALLBACK = 'the groups of the SSO profile, if it has any';

/** What the directory says; where it says nothing, what the identity provider does: names or ids, nobody knows which. */
function fallback(profile: DirectoryProfile, membership: Membership | undefined): readonly AuditGroup[] {
  return membership?.groups ?? groupsOf(field(profile, 'groups')).map(({ id, name = id }) => ({ id, name }));
}

function keysOf(profile: DirectoryProfile): LookupKeys | undefined {
  const organizationId = text(field(profile, 'organizationId'));
  const [idpId, email] = [text(field(profile, 'idpId')), text(field(profile, 'email'))];
  if (organizationId === undefined || (idpId ?? email) === undefined) return undefined;
  return { organizationId, ...(idpId && { idpId }), ...(email && { email }) };
}
