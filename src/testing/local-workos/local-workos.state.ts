import { Exports } from './audit-logs/exports.js';
import { Idempotency } from './audit-logs/idempotency.js';
import { Schemas, toSchemaBody } from './audit-logs/schema.js';
import { AuthKitSessions } from './authkit/sessions.js';
import { SigningKey } from './authkit/signing-key.js';
import { Trail } from './audit-logs/trail.js';
import { OutboxWatch } from './dashboard/outbox/outbox.watch.js';
import { Directories } from './directory/directories.js';
import { Faults } from './faults/faults.js';
import { Traffic } from './http/traffic.js';
import { LocalWorkOSConfig, type LocalWorkOSOptions } from './local-workos.options.js';
import type { LocalWorkOSSeed } from './local-workos.seed.js';
import { Organizations } from './organizations/organizations.js';
import { type Grant, Grants } from './sso/grants.js';
import { LogStreams } from './streams/log-streams.js';
import { Waiting } from './waiting.js';
import { Webhooks } from './webhooks/webhooks.js';

const DEFAULT_SEED: LocalWorkOSSeed = { organizations: [{ id: 'org_local', name: 'Local Org' }] };

/** Everything that a LocalWorkOS remembers; it lives on while the server is stopped. */
export class LocalWorkOSState {
  readonly config: LocalWorkOSConfig;
  readonly traffic: Traffic;
  readonly faults: Faults;
  readonly trail = new Trail();
  readonly waiting: Waiting;
  readonly schemas = new Schemas();
  readonly idempotency = new Idempotency();
  readonly exports: Exports;
  readonly organizations = new Organizations();
  readonly streams = new LogStreams(this.trail, this.organizations);
  readonly directories = new Directories(this.organizations);
  readonly grants = new Grants();
  readonly outbox = new OutboxWatch();
  readonly authKit = new AuthKitSessions();
  readonly signingKey = new SigningKey();
  readonly webhooks: Webhooks;

  constructor(options: LocalWorkOSOptions) {
    this.config = new LocalWorkOSConfig(options);
    this.exports = new Exports(this.config.exportDelayMs);
    this.traffic = new Traffic(this.config.logger);
    this.faults = new Faults(this.traffic);
    this.waiting = new Waiting(this.trail, this.traffic);
    this.webhooks = new Webhooks(this.config);
    this.#plant(options.seed ?? DEFAULT_SEED);
    if (options.outbox !== undefined) this.outbox.watch(options.outbox);
    this.directories.changed.subscribe(({ event, data }) => void this.webhooks.send(event, data));
  }

  /** Forgets what happened, keeps what was set up. */
  reset(): void {
    this.faults.heal();
    this.traffic.clear();
    this.idempotency.clear();
    this.trail.clear();
    this.streams.clear();
  }

  /** What a sign-in of this person grants. @throws if there is nobody with that e-mail */
  grantFor(email: string): Grant {
    const person = this.directories.people.find((one) => one.email === email);
    if (person === undefined) throw new Error(`LocalWorkOS: there is nobody with the e-mail '${email}'.`);
    return { person, connection: this.organizations.connectionOf(this.organizations.get(person.organizationId)) };
  }

  #plant(seed: LocalWorkOSSeed): void {
    for (const one of seed.organizations ?? DEFAULT_SEED.organizations ?? []) this.organizations.add(one);
    for (const one of seed.connections ?? []) this.organizations.addConnection(one);
    for (const one of seed.directories ?? []) this.directories.addDirectory(one);
    for (const one of seed.groups ?? []) this.directories.addGroup(one);
    for (const one of seed.people ?? []) this.directories.addPerson(one);
    for (const { action, ...schema } of seed.schemas ?? []) this.schemas.add(action, toSchemaBody(schema));
  }
}
