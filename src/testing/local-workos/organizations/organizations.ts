import { notFound } from '../http/api-error.js';
import { newId } from '../ids.js';
import type { LocalWorkOSConnection, LocalWorkOSOrganization } from '../local-workos.seed.js';

/** An organization with everything filled in. */
export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly domains: readonly { readonly id: string; readonly domain: string; readonly state: string }[];
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly auditLogs: 'active' | 'inactive' | 'disabled';
  readonly createdAt: string;
  /** That of the seed. One that was connected is with `LogStreams`, and takes its place. */
  logStream?: { readonly id: string; readonly type: string; readonly state: string };
  /** Changed by `PUT …/audit_logs_retention`. */
  retentionDays: number | null;
}

/** An SSO connection with everything filled in. */
export type Connection = Required<LocalWorkOSConnection>;

/** What `POST /organizations` can say that a seed cannot. */
interface Extra {
  readonly externalId?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly domains?: readonly { readonly domain: string; readonly state: string }[];
}

/** The organizations of the environment and their SSO connections. */
export class Organizations {
  readonly #organizations = new Map<string, Organization>();
  readonly #connections = new Map<string, Connection>();

  /** Oldest first. */
  get all(): readonly Organization[] {
    return [...this.#organizations.values()];
  }

  /** @throws ApiError 404 in WorkOS's words */
  get(id: string): Organization {
    const organization = this.#organizations.get(id);
    if (organization === undefined) throw notFound('Organization', id);
    return organization;
  }

  find(id: string): Organization | undefined {
    return this.#organizations.get(id);
  }

  add(given: LocalWorkOSOrganization, extra: Extra = {}): Organization {
    const id = given.id ?? newId('org');
    if (this.#organizations.has(id)) throw new Error(`LocalWorkOS: there is an organization '${id}' already.`);
    const { logStream } = given;
    const domains = extra.domains ?? (given.domains ?? []).map((domain) => ({ domain, state: 'verified' }));
    const organization: Organization = {
      id,
      name: given.name,
      domains: domains.map(({ domain, state }) => ({ id: newId('org_domain'), domain, state })),
      externalId: extra.externalId ?? null,
      metadata: extra.metadata ?? {},
      auditLogs: given.auditLogs ?? 'active',
      ...(logStream && { logStream: { id: newId('als'), type: logStream.type, state: logStream.state ?? 'active' } }),
      createdAt: new Date().toISOString(),
      retentionDays: given.retentionDays ?? null,
    };
    this.#organizations.set(id, organization);
    return organization;
  }

  /** The organization of a seed entry: the named one, or the first. */
  resolve(id: string | undefined, who: string): Organization {
    const organization = id === undefined ? this.all[0] : this.#organizations.get(id);
    if (organization === undefined)
      throw new Error(`LocalWorkOS: ${who} names the organization '${id}', which is none.`);
    return organization;
  }

  addConnection(given: LocalWorkOSConnection): Connection {
    const connection = {
      id: given.id ?? newId('conn'),
      organizationId: this.resolve(given.organizationId, `the connection '${given.name}'`).id,
      name: given.name,
      type: given.type ?? 'GenericSAML',
    };
    this.#connections.set(connection.id, connection);
    return connection;
  }

  connection(id: string): Connection | undefined {
    return this.#connections.get(id);
  }

  /** The organization's first connection; it gets one if it has none. */
  connectionOf(organization: Organization): Connection {
    for (const connection of this.#connections.values()) {
      if (connection.organizationId === organization.id) return connection;
    }
    return this.addConnection({ organizationId: organization.id, name: `${organization.name} SSO` });
  }
}
