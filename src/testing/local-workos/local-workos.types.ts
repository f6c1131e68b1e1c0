/** Metadata as it came: keys untouched, values as WorkOS allows them. */
export type StoredMetadata = Readonly<Record<string, string | number | boolean>>;

/** An actor or a target of a stored event. */
export interface StoredEntity {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  /** As sent; absent if it was not sent. */
  readonly metadata?: StoredMetadata;
}

/** An event that LocalWorkOS accepted. */
export interface StoredEvent {
  /** WorkOS has one too, but never tells it. */
  readonly id: string;
  readonly receivedAt: Date;
  readonly organizationId: string;
  readonly action: string;
  /** 1 if the event named none, as WorkOS takes it. */
  readonly version: number;
  /** As sent, an ISO 8601 date-time. */
  readonly occurredAt: string;
  readonly actor: StoredEntity;
  readonly targets: readonly StoredEntity[];
  readonly context: { readonly location: string; readonly userAgent?: string };
  /** `{}` if none was sent. */
  readonly metadata: StoredMetadata;
  /** The `Idempotency-Key` header. */
  readonly idempotencyKey?: string;
}

/** A request as it arrived, whatever became of it. The pages a person looks at are not recorded. */
export interface RecordedRequest {
  /** The `X-Request-ID` of its answer. */
  readonly id: string;
  readonly at: Date;
  readonly method: string;
  /** Without the query, not decoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Parsed if it was JSON or a form; else the text, if there was any. */
  readonly body: unknown;
  /** Absent while there is no answer, and for ever if the connection was cut. */
  readonly status?: number;
}

/** A request that was answered with a status of 400 or more, whether by a check, a limit or a fault. */
export interface RefusedRequest {
  readonly at: Date;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
  /** The body of the answer. */
  readonly answer: unknown;
  /** Why, in words that WorkOS would not have sent along. */
  readonly reason?: string;
}
