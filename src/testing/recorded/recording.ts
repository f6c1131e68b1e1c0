import { AuditOutboxError } from '../../audit.errors.js';
import type { AuditStandIn } from '../../audit.stand-in.js';
import type { AuditCatalogue } from '../../catalogue/define.js';
import type { AuditEvent } from '../../event/event.js';
import type { WorkOSAuditClient } from '../../delivery/workos-sender.js';
import type { OutboxEntry } from '../../outbox/outbox.js';
import { RecordingOutbox } from './recording.outbox.js';
import type { TrailNote } from './trail.js';

/** An event that lacks or changed something that the application meant. */
export interface DegradedAudit extends TrailNote {
  /** What recorded it, such as `PostsController.remove`. */
  readonly place: string;
  /** Everything that is wrong with it. */
  readonly faults: readonly string[];
}

/** An event that the outbox did not take. */
export interface DroppedAudit extends TrailNote {
  readonly event: AuditEvent;
}

/** Told of each event as it is recorded. Must not throw. */
export type RecordingListener = (event: AuditEvent) => void;

/** What one application records, in the place of its outbox and of WorkOS. */
export class Recording implements AuditStandIn {
  readonly outbox = new RecordingOutbox(this);
  readonly client: WorkOSAuditClient = {
    auditLogs: { createEvent: () => Promise.reject(new Error('AuditTestingModule sends nothing to WorkOS')) },
  };
  readonly listeners = new Set<RecordingListener>();
  /** Whether the application has an `AuditModule`. */
  attached = false;
  catalogue: AuditCatalogue | undefined;
  failure: Error | undefined;
  // Replaced and never changed, so that whoever holds a list holds what was so far.
  events: readonly AuditEvent[] = Object.freeze([]);
  degradations: readonly DegradedAudit[] = Object.freeze([]);
  skips: readonly TrailNote[] = Object.freeze([]);
  drops: readonly DroppedAudit[] = Object.freeze([]);
  #ids = new Set<string>();

  attach(catalogue: AuditCatalogue | undefined): void {
    this.attached = true;
    this.catalogue = catalogue;
  }

  add({ id, event }: OutboxEntry): void {
    if (this.#ids.has(id)) return;
    this.#ids.add(id);
    // A copy as an outbox would make it, by JSON: what is not JSON fails here as it would fail there.
    const stored = freeze(JSON.parse(JSON.stringify(event)) as AuditEvent);
    this.events = Object.freeze([...this.events, stored]);
    for (const listener of this.listeners) listener(stored);
  }

  /** @throws what `failAppends` asked for */
  accept(): void {
    if (this.failure) throw this.failure;
  }

  /** Lets the outbox fail from now on. Answers what ends it. */
  fail(failure: Error = new AuditOutboxError('audit.failAppends() of the test')): () => void {
    this.failure = failure;
    return () => {
      if (this.failure === failure) this.failure = undefined;
    };
  }

  degraded(action: string, place: string, faults: readonly string[]): void {
    const note = freeze({ action, place, faults: [...faults], reason: faults.join('; ') });
    this.degradations = Object.freeze([...this.degradations, note]);
  }

  skipped(action: string, reason: string): void {
    this.skips = Object.freeze([...this.skips, freeze({ action, reason })]);
  }

  dropped({ event }: OutboxEntry, reason: string): void {
    this.drops = Object.freeze([...this.drops, freeze({ action: event.action, reason, event })]);
  }

  clear(): void {
    this.events = this.degradations = this.skips = this.drops = Object.freeze([]);
    this.#ids = new Set();
    this.failure = undefined;
  }
}

function freeze<T extends object>(value: T): T {
  for (const field of Object.values(value)) if (typeof field === 'object' && field !== null) freeze(field as object);
  return Object.freeze(value);
}
