/** The kinds of value a schema can give a metadata key: what WorkOS's SDK takes in `createSchema`. */
export type MetadataType = 'string' | 'number' | 'boolean';

/** Metadata keys and the kind of value each holds. */
export type MetadataTypes = Readonly<Record<string, MetadataType>>;

/** What an action's events must look like: the argument of {@link LocalWorkOS.defineSchema}. */
export interface LocalWorkOSSchema {
  /** The target types. An event must bring each of them at least once, and no other. At least one. */
  readonly targets: readonly (string | { readonly type: string; readonly metadata?: MetadataTypes })[];
  /** The actor's metadata. Given, every event must send `actor.metadata`, if only `{}`. The SDK always gives it. */
  readonly actor?: { readonly metadata: MetadataTypes };
  /** The event's metadata. Given, every event must send `metadata`, if only `{}`. */
  readonly metadata?: MetadataTypes;
}

/** An organization: one customer of the application under test, with a trail of its own. */
export interface LocalWorkOSOrganization {
  /** @default a generated `org_01…` */
  readonly id?: string;
  readonly name: string;
  /** Verified domains, such as `acme.example`. @default none */
  readonly domains?: readonly string[];
  /** How long WorkOS keeps events, in days. @default null: not set */
  readonly retentionDays?: number | null;
  /** The audit log's state in `GET /organizations/:id/audit_log_configuration`. @default 'active' */
  readonly auditLogs?: 'active' | 'inactive' | 'disabled';
  /** The organization's log stream in the same answer. @default none */
  readonly logStream?: {
    readonly type: 'AzureSentinel' | 'Datadog' | 'GenericHttps' | 'GoogleCloudStorage' | 'S3' | 'Splunk';
    /** `error` and `invalid` streams deliver nothing, although creating events succeeds. @default 'active' */
    readonly state?: 'active' | 'inactive' | 'error' | 'invalid';
  };
}

/** An SSO connection of an organization. An organization without one gets one when its first person signs in. */
export interface LocalWorkOSConnection {
  /** @default a generated `conn_01…` */
  readonly id?: string;
  /** @default the first organization */
  readonly organizationId?: string;
  readonly name: string;
  /** One of WorkOS's connection types. @default 'GenericSAML' */
  readonly type?: string;
}

/** A directory (SCIM) of an organization. */
export interface LocalWorkOSDirectory {
  /** @default a generated `directory_01…` */
  readonly id?: string;
  /** @default the first organization */
  readonly organizationId?: string;
  readonly name: string;
  /** One of WorkOS's directory types. @default 'generic scim v2.0' */
  readonly type?: string;
}

/** A group of a directory. */
export interface LocalWorkOSGroup {
  /** @default a generated `directory_group_01…` */
  readonly id?: string;
  /** @default the first directory */
  readonly directoryId?: string;
  readonly name: string;
  /** The group's id in the customer's identity provider. @default its name, as Okta does */
  readonly idpId?: string;
}

/** A person who can sign in, and who may be a user of a directory as well. */
export interface LocalWorkOSPerson {
  readonly email: string;
  /** @default null */
  readonly firstName?: string | null;
  /** @default null */
  readonly lastName?: string | null;
  /** @default the first organization */
  readonly organizationId?: string;
  /** The person's id in the identity provider, the same in SSO and in the directory. @default a generated one */
  readonly idpId?: string;
  /**
   * The directory that the person is a user of. Without it, and without `directoryUserId` and `groups`, the person
   * can sign in but no directory knows them, as happens before a customer's first SCIM sync.
   *
   * @default the organization's first directory if `directoryUserId` is given or `groups` are, at least one, else none
   */
  readonly directoryId?: string;
  /** @default a generated `directory_user_01…` */
  readonly directoryUserId?: string;
  /** @default a generated `prof_01…` */
  readonly profileId?: string;
  /** Ids of directory groups. @default none */
  readonly groups?: readonly string[];
  /** Group names that the identity provider puts into the SSO profile. @default none: the claim is not mapped */
  readonly profileGroups?: readonly string[];
  /** @default 'active' */
  readonly state?: 'active' | 'inactive' | 'suspended';
  /** The person's id as an AuthKit user. @default a generated `user_01…` */
  readonly userId?: string;
  /** The slug of the person's role, in the profile, in the directory and in AuthKit sessions. @default none */
  readonly role?: string;
  /** The permissions of the person's role, in AuthKit sessions. @default none */
  readonly permissions?: readonly string[];
}

/** Everything a LocalWorkOS can know before the first request. */
export interface LocalWorkOSSeed {
  /** @default one: `{ id: 'org_local', name: 'Local Org' }` */
  readonly organizations?: readonly LocalWorkOSOrganization[];
  readonly connections?: readonly LocalWorkOSConnection[];
  readonly directories?: readonly LocalWorkOSDirectory[];
  readonly groups?: readonly LocalWorkOSGroup[];
  readonly people?: readonly LocalWorkOSPerson[];
  /** Schemas by action; an action that stands twice gets two versions. */
  readonly schemas?: readonly (LocalWorkOSSchema & { readonly action: string })[];
}
