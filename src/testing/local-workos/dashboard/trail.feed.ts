import { type Observable, bufferTime, concat, defer, filter, map, merge, of, startWith, switchMap } from 'rxjs';
import { Trail } from '../audit-logs/trail.js';
import { Traffic } from '../http/traffic.js';
import type { Html } from '../http/html.js';
import type { RefusedRequest, StoredEvent } from '../local-workos.types.js';
import { Organizations } from '../organizations/organizations.js';
import type { TrailView } from './trail.page.js';
import { refusedRow, trailRow } from './trail.row.js';

/** The newest so many rows are shown; more would only slow the page down. */
const SHOWN = 200;
/** Updates go out in bundles, so that thousands of events a second do not drown the browser. In milliseconds. */
const BUNDLE_MS = 100;

/** Rows for the browser, newest first, with the whole number of events and refusals. */
export interface TrailUpdate {
  /** True for the first message of a connection: it replaces what the page shows. */
  readonly fresh: boolean;
  readonly events: { readonly count: number; readonly html: string };
  readonly refused: { readonly count: number; readonly html: string };
}

/** The trail as the live page wants it. */
export class TrailFeed {
  constructor(
    private readonly trail: Trail,
    private readonly traffic: Traffic,
    private readonly organizations: Organizations,
  ) {}

  /** What there is now. */
  view(events = this.trail.events, refused = this.traffic.refused.items): TrailView {
    return {
      events: { count: this.trail.events.length, rows: newest(events).map((event) => this.row(event)) },
      refused: { count: this.traffic.refused.items.length, rows: newest(refused).map(refusedRow) },
    };
  }

  /** What there is now, and then what comes. */
  updates(): Observable<{ data: TrailUpdate }> {
    const events = this.trail.added.pipe(map((event) => ({ event, refused: undefined })));
    const refusals = this.traffic.refusals.pipe(map((refused) => ({ event: undefined, refused })));
    const bundles = merge(events, refusals).pipe(
      bufferTime(BUNDLE_MS),
      filter((bundle) => bundle.length > 0),
      map((bundle): TrailUpdate => {
        const added = bundle.flatMap(({ event }): StoredEvent[] => (event ? [event] : []));
        const refused = bundle.flatMap((item): RefusedRequest[] => (item.refused ? [item.refused] : []));
        return this.update(false, this.view(added, refused));
      }),
    );
    const now = defer(() => of(this.update(true, this.view())));
    const fromTheStart = this.trail.cleared.pipe(startWith(undefined));
    return fromTheStart.pipe(
      switchMap(() => concat(now, bundles)),
      map((data) => ({ data })),
    );
  }

  private row(event: StoredEvent): Html {
    return trailRow(event, this.organizations.find(event.organizationId)?.name ?? event.organizationId);
  }

  private update(fresh: boolean, { events, refused }: TrailView): TrailUpdate {
    return { fresh, events: join(events), refused: join(refused) };
  }
}

function join({ count, rows }: TrailView['events']) {
  return { count, html: rows.join('') };
}

function newest<T>(items: readonly T[]): T[] {
  return items.slice(-SHOWN).toReversed();
}
