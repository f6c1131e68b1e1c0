import { Traffic } from '../../http/traffic.js';
import type { RefusedRequest } from '../../local-workos.types.js';
import type { LiveSource, LiveView } from '../live/live.view.js';
import { RefusedFilter } from './refused.filter.js';
import { refusedText } from './refused.page.js';
import { refusedRow } from './refused.row.js';

/** The refusals as live messages, under the filter of the URL. */
export class RefusedLive implements LiveSource<RefusedRequest> {
  constructor(private readonly traffic: Traffic) {}

  view(query: URLSearchParams): LiveView<RefusedRequest> {
    const { refused: list } = this.traffic;
    const filter = new RefusedFilter(query);
    let matched = 0;
    const counted = (item: RefusedRequest): void => void (matched += Number(filter.matches(item)));
    return {
      list,
      matches: (item) => filter.matches(item),
      row: (numbered) => refusedRow(numbered, list.generation),
      recount: (items) => {
        matched = 0;
        for (const item of items) counted(item);
      },
      counted,
      summary: () => ({ matched, text: refusedText(matched, list.last, filter) }),
    };
  }
}
