import type { RefusedRequest } from '../../local-workos.types.js';
import { Words } from '../list/words.js';
import { reasonOf } from './refused.reason.js';

/** Which refusals are to be seen, as the URL says it: `status` and `q`. */
export class RefusedFilter {
  /** Empty for every status. */
  readonly status: string;
  readonly text: Words;

  constructor(query: URLSearchParams) {
    const status = query.get('status') ?? '';
    this.status = /^\d{3}$/.test(status) ? status : '';
    this.text = new Words(query.get('q'));
  }

  matches(refused: RefusedRequest): boolean {
    if (this.status !== '' && this.status !== String(refused.status)) return false;
    return this.text.in(() => {
      const { message, fields, action = '' } = reasonOf(refused);
      return [[refused.method, refused.path, refused.reason ?? '', message, action, ...fields].join('\n')];
    });
  }

  /** The same filter as a query, without what is empty. */
  query(): URLSearchParams {
    const given = Object.entries({ status: this.status, q: this.text.text }).filter(([, value]) => value !== '');
    return new URLSearchParams(given);
  }
}
