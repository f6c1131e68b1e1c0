import type { LocalWorkOSExports } from './audit-logs/exports.js';
import { toSchemaBody } from './audit-logs/schema.js';
import type { LocalWorkOSOutboxSource } from './dashboard/outbox/outbox.source.js';
import type { Directory, Group, Person } from './directory/directories.js';
import type { LocalWorkOSFault } from './faults/fault.js';
import type { LocalWorkOSOptions } from './local-workos.options.js';
import type {
  LocalWorkOSConnection,
  LocalWorkOSDirectory,
  LocalWorkOSGroup,
  LocalWorkOSOrganization,
  LocalWorkOSPerson,
  LocalWorkOSSchema,
} from './local-workos.seed.js';
import { LocalWorkOSServer } from './local-workos.server.js';
import { LocalWorkOSState } from './local-workos.state.js';
import type { RecordedRequest, RefusedRequest, StoredEvent } from './local-workos.types.js';
import type { Connection, Organization } from './organizations/organizations.js';
import type { LocalWorkOSLogStream } from './streams/stream.destination.js';
import type { WebhookDelivery } from './webhooks/webhooks.js';

/** How long waiting for events takes at most, unless told otherwise. In milliseconds. */
const DEFAULT_TIMEOUT_MS = 5000;

/**
 * A stand-in for the WorkOS API on this machine: audit logs, organizations, SSO, Directory Sync and the Admin Portal,
 * over HTTP, with WorkOS's checks and answers. It can be told to fail, and its URL is a live dashboard of the trail.
 * A development tool: it listens on loopback only, and anybody who reaches it can sign in as anybody.
 *
 * @example
 * await using workos = await LocalWorkOS.start();
 * workos.defineSchema('post.create', { targets: ['post', 'user'] });
 * const client = new WorkOS(workos.apiKey, workos.clientOptions);
 * // … run the application with this client …
 * const [event] = await workos.waitForEvents(1);
 */
export class LocalWorkOS implements AsyncDisposable {
  #ended: Promise<void> | undefined;

  private constructor(
    private readonly state: LocalWorkOSState,
    private readonly server: LocalWorkOSServer,
  ) {}

  /**
   * Starts one on a free port, or the given one.
   *
   * @throws if `@nestjs/platform-express` is missing, the port is taken, the host is not loopback, or the seed is inconsistent
   */
  static async start(options: LocalWorkOSOptions = {}): Promise<LocalWorkOS> {
    const state = new LocalWorkOSState(options);
    const server = await LocalWorkOSServer.create(state, options.port ?? 0);
    const workos = new LocalWorkOS(state, server);
    try {
      await workos.resume();
    } catch (error) {
      await server.end();
      throw error;
    }
    return workos;
  }

  /** Where it listens, such as `http://127.0.0.1:4100`. */
  get url(): string {
    return this.state.config.url;
  }

  get port(): number {
    return this.server.port;
  }

  get apiKey(): string {
    return this.state.config.apiKey;
  }

  get clientId(): string {
    return this.state.config.clientId;
  }

  /** The second argument of `new WorkOS(workos.apiKey, workos.clientOptions)`. */
  get clientOptions(): { readonly apiHostname: string; readonly port: number; readonly https: false } {
    return { apiHostname: '127.0.0.1', port: this.port, https: false };
  }

  /** The accepted events, oldest first: the live list, until `reset()` starts a new one. Not bounded. */
  get events(): readonly StoredEvent[] {
    return this.state.trail.events;
  }

  /** What was answered with 400 or more, faults included, oldest first: the live list of the last 10,000. */
  get refused(): readonly RefusedRequest[] {
    return this.state.traffic.refused.items;
  }

  /** What was asked, oldest first: the live list of the last 50,000 requests. */
  get requests(): readonly RecordedRequest[] {
    return this.state.traffic.requests.items;
  }

  /** Resolves with all events once there are `count` of them. @throws an error that lists what did arrive */
  async waitForEvents(count: number, options: { readonly timeoutMs?: number } = {}): Promise<StoredEvent[]> {
    const enough = (): StoredEvent[] | undefined => (this.events.length < count ? undefined : [...this.events]);
    return this.state.waiting.until(`${count} events`, enough, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  }

  /** Resolves with the first event that satisfies the predicate, one of the past included. @throws as above */
  async waitFor(
    predicate: (event: StoredEvent) => boolean,
    options: { readonly timeoutMs?: number } = {},
  ): Promise<StoredEvent> {
    const find = (added?: StoredEvent): StoredEvent | undefined =>
      added === undefined ? this.events.find(predicate) : [added].find(predicate);
    return this.state.waiting.until('a matching event', find, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  }

  /** Registers a schema, as `POST /audit_logs/actions/:name/schemas` does. Returns its version. */
  defineSchema(action: string, schema: LocalWorkOSSchema): number {
    return this.state.schemas.add(action, toSchemaBody(schema)).version;
  }

  addOrganization(organization: LocalWorkOSOrganization): Organization {
    return this.state.organizations.add(organization);
  }

  addConnection(connection: LocalWorkOSConnection): Connection {
    return this.state.organizations.addConnection(connection);
  }

  addDirectory(directory: LocalWorkOSDirectory): Directory {
    return this.state.directories.addDirectory(directory);
  }

  addGroup(group: LocalWorkOSGroup): Group {
    return this.state.directories.addGroup(group);
  }

  addPerson(person: LocalWorkOSPerson): Person {
    return this.state.directories.addPerson(person);
  }

  /** Changes somebody, found by e-mail: their groups, name, state. @throws if there is nobody */
  updatePerson(email: string, changes: Partial<LocalWorkOSPerson>): Person {
    return this.state.directories.updatePerson(email, changes);
  }

  removePerson(email: string): void {
    this.state.directories.removePerson(email);
  }

  /** An authorization code for somebody, as the login page would issue it, for tests that skip the page. */
  authorizationCode(email: string): string {
    return this.state.grants.issueCode(this.state.grantFor(email));
  }

  /**
   * Connects an organization to an address that every event of it, from now on, is posted to, as the portal page does.
   * @throws if the address is neither https nor on this machine
   */
  connectLogStream(organizationId: string, destination: LocalWorkOSLogStream): void {
    this.state.streams.connect(organizationId, destination);
  }

  /** Takes the organization's stream away, one of the seed too. */
  disconnectLogStream(organizationId: string): void {
    this.state.streams.disconnect(organizationId);
  }

  /** Makes exports slow, fail or expire, and their links short-lived; see {@link LocalWorkOSExports}. */
  setExports(settings: LocalWorkOSExports): void {
    this.state.exports.set(settings);
  }

  /**
   * Shows the figures of an application's outbox on the dashboard from now on, in place of those of the option `outbox`:
   * for an application that starts after this. Returns what ends it.
   *
   * @example workos.watchOutbox(() => app.get(AuditService).stats())
   * @throws Error for a URL that is not on this machine
   */
  watchOutbox(source: LocalWorkOSOutboxSource): () => void {
    return this.state.outbox.watch(source);
  }

  /** What webhooks are signed with: the `secret` of the SDK's `webhooks.constructEvent()`. */
  get webhookSecret(): string {
    return this.state.config.webhookSecret;
  }

  /** Tells an address on this machine what changes in directories, by webhooks, in order, each once. Returns its undo. */
  addWebhook(url: string): () => void {
    return this.state.webhooks.add(url);
  }

  /** Sends a webhook of any kind to every address. Resolves with the answers. */
  sendWebhook(event: string, data: unknown): Promise<readonly WebhookDelivery[]> {
    return this.state.webhooks.send(event, data);
  }

  /** Resolves with all webhooks so far, once each is answered: the last 10,000. */
  webhookDeliveries(): Promise<readonly WebhookDelivery[]> {
    return this.state.webhooks.settled();
  }

  /** Switches a fault on; see {@link LocalWorkOSFault}. Returns its undo. */
  fail(fault: LocalWorkOSFault): () => void {
    return this.state.faults.add(fault);
  }

  /** Switches every fault off, and cuts the requests that hang on one. */
  heal(): void {
    this.state.faults.heal();
  }

  /** Forgets events, refusals, requests, idempotency keys and faults; keeps seeds and schemas. */
  reset(): void {
    this.state.reset();
  }

  /** Closes the port and cuts every connection: connections are refused until `resume()`. Keeps the state. */
  async stop(): Promise<void> {
    this.state.faults.interrupt();
    await this.state.streams.pause();
    await this.server.shut();
  }

  /** Listens again, on the same port. */
  async resume(): Promise<void> {
    await this.server.open();
    this.state.streams.resume();
    this.state.config.url = `http://127.0.0.1:${this.port}`;
  }

  /** Stops for good; those who still wait for events get an error. */
  async close(): Promise<void> {
    this.#ended ??= this.#end();
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #end(): Promise<void> {
    this.state.waiting.abandon();
    this.state.outbox.stop();
    this.state.faults.interrupt();
    await this.state.streams.pause();
    await this.server.end();
  }
}
