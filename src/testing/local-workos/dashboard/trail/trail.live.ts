import { type Html } from '../../http/html.js';
import { Trail } from '../../audit-logs/trail.js';
import type { StoredEvent } from '../../local-workos.types.js';
import { Organizations } from '../../organizations/organizations.js';
import type { LiveSource, LiveView } from '../live/live.view.js';
import type { Numbered } from '../list/select.js';
import { ActionCounts } from './action-counts.js';
import { EventFilter } from './event.filter.js';
import { eventRow } from './event.row.js';
import { matchedText } from './trail.page.js';

/** The trail as live messages, under the filter of the URL. */
export class TrailLive implements LiveSource<StoredEvent> {
  constructor(
    private readonly trail: Trail,
    private readonly organizations: Organizations,
  ) {}

  view(query: URLSearchParams): LiveView<StoredEvent> {
    const { list } = this.trail;
    const filter = new EventFilter(query);
    let counts = new ActionCounts(filter, []);
    return {
      list,
      matches: (event) => filter.matches(event),
      row: (numbered) => this.row(numbered),
      recount: (events) => (counts = new ActionCounts(filter, events)),
      counted: (event) => counts.add(event),
      summary: () => ({
        matched: counts.matched,
        text: matchedText(counts.matched, list.last, filter),
        counts: counts.toHtml().toString(),
      }),
    };
  }

  row(numbered: Numbered<StoredEvent>): Html {
    return eventRow(numbered, this.organizationOf(numbered.item));
  }

  organizationOf({ organizationId }: StoredEvent): string {
    return this.organizations.find(organizationId)?.name ?? organizationId;
  }
}
