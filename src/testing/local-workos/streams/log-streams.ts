import type { Trail } from '../audit-logs/trail.js';
import type { Organization, Organizations } from '../organizations/organizations.js';
import { LogStream } from './log-stream.js';
import { destinationFault, type LocalWorkOSLogStream } from './stream.destination.js';

/** A stream as `GET …/audit_log_configuration` shows it. */
export interface LogStreamView {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly lastSyncedAt: string | null;
  readonly createdAt: string;
}

/** The streams of all organizations: those that were connected and post events, and those of a seed, which are for show. */
export class LogStreams {
  readonly #streams = new Map<string, LogStream>();

  constructor(
    private readonly trail: Trail,
    private readonly organizations: Organizations,
  ) {
    trail.added.subscribe((event) => this.#streams.get(event.organizationId)?.add(event));
  }

  /** Connects an organization, instead of what it had. @throws Error for an address or a header that cannot be */
  connect(organizationId: string, destination: LocalWorkOSLogStream): LogStream {
    const fault = destinationFault(destination);
    if (fault !== undefined) throw new Error(`LocalWorkOS: ${fault}`);
    const { id } = this.organizations.get(organizationId);
    this.disconnect(id);
    const stream = new LogStream(destination);
    this.#streams.set(id, stream);
    return stream;
  }

  /** From here on the organization has no stream. What waits for it is gone. */
  disconnect(organizationId: string): void {
    const organization = this.organizations.get(organizationId);
    organization.logStream = undefined;
    void this.#streams.get(organization.id)?.pause();
    this.#streams.delete(organization.id);
  }

  /** The stream that was connected, if there is one. */
  connected(organizationId: string): LogStream | undefined {
    return this.#streams.get(organizationId);
  }

  view(organization: Organization): LogStreamView | undefined {
    const stream = this.#streams.get(organization.id);
    if (stream) {
      const { id, type, state, lastSyncedAt, createdAt } = stream;
      const synced = lastSyncedAt?.toISOString() ?? null;
      return { id, type, state, lastSyncedAt: synced, createdAt: createdAt.toISOString() };
    }
    if (!organization.logStream) return undefined;
    const last = this.trail.events.findLast((event) => event.organizationId === organization.id);
    const lastSyncedAt = last?.receivedAt.toISOString() ?? null;
    return { ...organization.logStream, lastSyncedAt, createdAt: organization.createdAt };
  }

  /** Forgets what was streamed, keeps the streams. */
  clear(): void {
    for (const stream of this.#streams.values()) stream.clear();
  }

  resume(): void {
    for (const stream of this.#streams.values()) stream.resume();
  }

  /** Sends nothing until `resume()`. */
  async pause(): Promise<void> {
    await Promise.all([...this.#streams.values()].map((stream) => stream.pause()));
  }
}
