import { AsyncLocalStorage } from 'node:async_hooks';
import type { ExecutionContext } from '@nestjs/common';
import { Observable } from 'rxjs';
import type { AuditPrincipal } from './actor/principal.js';
import type { AuditRequest } from './audit.request.js';
import type { AuditedCall } from './audited.call.js';
import type { AuditEventContext, AuditMetadataInput } from './event/event.js';
import type { AuditTargetInputs } from './event/targets.js';

/** What a handler adds to the events of its own `@Audited`. */
export interface AuditAnnotation {
  readonly targets?: Readonly<Record<string, AuditTargetInputs>>;
  readonly metadata?: AuditMetadataInput;
}

/** An annotation with which the events of the handler become part of a transaction, as far as they are known now. */
export interface AuditCommit extends AuditAnnotation {
  /** The open transaction; `true` for that of the outbox's `transactionHost`. See `RecordDetails.transaction`. */
  readonly transaction: unknown;
  /** What the resolvers of `@Audited` see as `result`, which the handler has not returned yet. */
  readonly result?: unknown;
}

/** What is known while something runs: a request, or a job under `runAs`. */
export interface AuditScope {
  readonly request?: AuditRequest;
  readonly execution?: ExecutionContext;
  /** Taken before the handler, since a closed socket has no address any more. */
  readonly context?: AuditEventContext;
  /** Who acts, as far as it is known already: before the handler, or by `runAs`. */
  readonly principal?: Partial<AuditPrincipal>;
  /** Present where an `@Audited` will pick them up. */
  readonly annotations?: AuditAnnotation[];
  /** What is audited and runs. */
  call?: AuditedCall;
}

/** The scopes of one application, on AsyncLocalStorage. */
export class AuditScopes {
  readonly #storage = new AsyncLocalStorage<AuditScope>();

  /** Requests that came to the handler of an `@Audited` which asks for refused ones. */
  readonly arrived = new WeakSet();

  get current(): AuditScope | undefined {
    return this.#storage.getStore();
  }

  run<T>(scope: AuditScope, work: () => T): T {
    return this.#storage.run(scope, work);
  }

  /** An Observable that is made and subscribed to within the scope. */
  bind<T>(scope: AuditScope, make: () => Observable<T>): Observable<T> {
    return new Observable((subscriber) => this.run(scope, () => make().subscribe(subscriber)));
  }
}
