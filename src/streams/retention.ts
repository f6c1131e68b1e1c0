import { AuditUsageError } from '../audit.errors.js';
import { describeValue } from '../event/text.js';
import { recordOf } from '../schemas/schema.wire.js';
import { apiError, ORGANIZATION } from '../workos/api.error.js';
import { type ApiRequest, unexpected, type WorkOSApi } from '../workos/workos.api.js';

/** How long WorkOS keeps an organization's events. */
export class Retention {
  constructor(private readonly workos: WorkOSApi) {}

  async read(organization: string): Promise<number | null> {
    const what = whatOf(organization);
    const answer = await this.workos.ask({
      what,
      method: 'get',
      send: async (client) => (await client.get(pathOf(organization))).data,
      meanings: ORGANIZATION,
    });
    const { retention_period_in_days: days } = recordOf(answer);
    if (typeof days === 'number') return days;
    if (days === null) return null;
    throw unexpected(what, answer);
  }

  /**
   * There are two spellings. WorkOS's OpenAPI document has `retention_period_in_days`, 30 or 365; its SDK since 10 sends
   * `retention_period`, such as `1_YEAR`. What the document has goes first, and if it is refused, the other one.
   */
  async write(organization: string, days: number): Promise<number> {
    const bodies = bodiesFor(days);
    const what = whatOf(organization);
    let failed: Error | undefined;
    for (const body of bodies) {
      const request = putOf(organization, body);
      const { outcome, value } = await this.workos.once(request);
      if (outcome.kind === 'delivered') {
        if (recordOf(value)['retention_period_in_days'] === days) return days;
        throw unexpected(what, value);
      }
      failed ??= apiError(what, outcome, ORGANIZATION);
      const { status } = outcome.error;
      if (status !== 400 && status !== 422) break;
    }
    throw failed ?? new Error('unreachable');
  }
}

function bodiesFor(days: number): object[] {
  const documented = days === 30 || days === 365 ? [{ retention_period_in_days: days }] : [];
  const period = periodOf(days);
  if (period !== undefined) return [...documented, { retention_period: period }];
  throw new AuditUsageError(
    `setRetention(): \`days\` is ${describeValue(days)}; give 30 or 365, or else a multiple of 30 up to 330 or of 365 up to 3650.`,
  );
}

/** As the SDK names it: `1_MONTH` to `11_MONTHS` of 30 days, `1_YEAR` to `10_YEARS` of 365. */
function periodOf(days: number): string | undefined {
  const [count, unit, most] = days % 365 === 0 ? [days / 365, 'YEAR', 10] : [days / 30, 'MONTH', 11];
  if (typeof days !== 'number' || !Number.isInteger(count) || count < 1 || count > most) return undefined;
  return `${count}_${unit}${count === 1 ? '' : 'S'}`;
}

function putOf(organization: string, body: object): ApiRequest {
  return {
    what: whatOf(organization),
    method: 'put',
    send: async (client) => (await client.put(pathOf(organization), body)).data,
  };
}

function pathOf(organization: string): string {
  return `/organizations/${encodeURIComponent(organization)}/audit_logs_retention`;
}

function whatOf(organization: string): string {
  return `The retention of '${organization}'`;
}
