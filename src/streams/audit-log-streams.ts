import { Inject, Injectable } from '@nestjs/common';
import { AuditUsageError } from '../audit.errors.js';
import { AUDIT_WORKOS } from '../audit.tokens.js';
import { describeValue } from '../event/text.js';
import { recordOf } from '../schemas/schema.wire.js';
import { type Meanings, ORGANIZATION } from '../workos/api.error.js';
import { secureUrl } from '../workos/loopback.js';
import { unexpected, WorkOSApi } from '../workos/workos.api.js';
import { Retention } from './retention.js';
import { type AuditLogStreamStatus, readStatus } from './stream.status.js';

/** What {@link AuditLogStreams.setupLink} takes. */
export interface SetupLinkOptions {
  /** The customer's organization at WorkOS, `org_…`: of the session, never of the request. */
  readonly organizationId: string;
  /**
   * Where the Admin Portal leads back to: an absolute https URL, or an http one of this machine. WorkOS follows any, so make
   * it from the application's own configuration, and never from the `Host` header, which whoever sends the request writes.
   */
  readonly returnUrl: string | URL;
  /** `log_streams` sets up the stream to the customer's SIEM, `audit_logs` shows the trail. @default 'log_streams' */
  readonly intent?: 'log_streams' | 'audit_logs';
  /** Where it leads once the set-up is done, under the same rules. @default that of the WorkOS dashboard */
  readonly successUrl?: string | URL;
}

/**
 * The streams that take an organization's events from WorkOS to its SIEM: the page where its admin sets one up, whether it
 * delivers, and how long WorkOS keeps the events. A request to WorkOS each, limited by `delivery.timeoutMs`.
 *
 * @example
 * constructor(private readonly streams: AuditLogStreams) {}
 */
@Injectable()
export class AuditLogStreams {
  readonly #retention: Retention;

  constructor(@Inject(AUDIT_WORKOS) private readonly workos: WorkOSApi) {
    this.#retention = new Retention(workos);
  }

  /**
   * Makes a link to the Admin Portal. It works once, within five minutes, for whoever has it: make it when the admin clicks,
   * redirect at once, and neither store nor send it. [https://workos.com/docs/admin-portal]
   *
   * @example
   * response.redirect(await streams.setupLink({ organizationId: user.organizationId, returnUrl: `${config.url}/settings` }));
   *
   * @throws AuditUsageError for a URL that would be unsafe. AuditWorkOSError: `organization_not_found`,
   * `portal_not_enabled`, `unauthorized`, `unavailable`, …
   */
  async setupLink(options: SetupLinkOptions): Promise<string> {
    const { organizationId, intent = 'log_streams' } = options;
    const organization = organizationOf(organizationId, 'setupLink');
    if (intent !== 'log_streams' && intent !== 'audit_logs') {
      throw new AuditUsageError(
        `setupLink(): \`intent\` is ${describeValue(intent)}; expected 'log_streams' or 'audit_logs'.`,
      );
    }
    const returnUrl = safeUrl('returnUrl', options.returnUrl);
    const successUrl = options.successUrl === undefined ? undefined : safeUrl('successUrl', options.successUrl);
    const what = `The Admin Portal link of '${organization}'`;
    const answer = await this.workos.ask({
      what,
      method: 'adminPortal.generateLink',
      send: (client) =>
        client.adminPortal.generateLink({ organization, intent, returnUrl, ...(successUrl && { successUrl }) }),
      meanings: PORTAL,
    });
    const { link } = recordOf(answer);
    if (secureUrl(link) === undefined) throw unexpected(what, answer);
    return link as string;
  }

  /**
   * The audit log of an organization and its stream. A stream in `error` delivers nothing although `record()` succeeds:
   * `problem` says so, and `AuditLogStreamHealthIndicator` of `nestjs-workos-audit/terminus` watches it.
   *
   * @example
   * const { logStream, problem } = await streams.status('org_1');
   *
   * @throws AuditWorkOSError: `organization_not_found`, `unauthorized`, `unavailable`, …
   */
  async status(organizationId: string): Promise<AuditLogStreamStatus> {
    const organization = organizationOf(organizationId, 'status');
    const what = `The audit log of '${organization}'`;
    const answer = await this.workos.ask({
      what,
      method: 'get', // the SDK has no method of its own for it
      send: async (client) =>
        (await client.get(`/organizations/${encodeURIComponent(organization)}/audit_log_configuration`)).data,
      meanings: ORGANIZATION,
    });
    return readStatus(organization, what, answer);
  }

  /** After how many days WorkOS deletes the organization's events; `null` if nothing is set. @throws as `status` */
  async retention(organizationId: string): Promise<number | null> {
    return this.#retention.read(organizationOf(organizationId, 'retention'));
  }

  /**
   * Sets after how many days WorkOS deletes the organization's events, for good. Less than before deletes what is older.
   *
   * @param days 30 or 365 by WorkOS's API; newer environments also take 60 to 330 in steps of 30 and 730 to 3,650 in steps of
   * 365, which are sent in the spelling of SDK 10 and 11
   * @returns the days as WorkOS has stored them
   * @example await streams.setRetention('org_1', 365);
   * @throws AuditUsageError for other days, and as `status`
   */
  async setRetention(organizationId: string, days: number): Promise<number> {
    return this.#retention.write(organizationOf(organizationId, 'setRetention'), days);
  }
}

const PORTAL: Meanings = (failure) =>
  failure.error.status === 403
    ? [
        'portal_not_enabled',
        'The Admin Portal is not enabled for the WorkOS environment, or the API key may not use it: see Dashboard → Admin Portal and API Keys.',
      ]
    : ORGANIZATION(failure);

function organizationOf(value: unknown, method: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new AuditUsageError(
    `${method}(): \`organizationId\` is ${describeValue(value)}; give the id of a WorkOS organization (org_…), such as that of the signed-in user.`,
  );
}

function safeUrl(name: string, value: unknown): string {
  const url = secureUrl(value);
  if (url !== undefined && url.username === '' && url.password === '') return url.href;
  const is = value instanceof URL ? value.href : value;
  throw new AuditUsageError(
    `setupLink(): \`${name}\` is ${describeValue(is)}; give an absolute https URL of the application's own configuration, ` +
      'such as https://app.example.com/settings (http on localhost only). Never make it from the Host header of a request.',
  );
}
