import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import { Trail } from '../audit-logs/trail.js';
import { NoApiKey } from '../http/api-key.guard.js';
import { unprocessable } from '../http/api-error.js';
import { Expiring } from '../http/expiring.js';
import { sendPage } from '../http/html.js';
import type { LocalResponse } from '../http/local-request.js';
import { type ListQuery, first } from '../http/paging.js';
import { newSecret } from '../ids.js';
import { isJsonObject, isStringArray, own } from '../json.js';
import { LocalWorkOSConfig } from '../local-workos.options.js';
import { Organizations } from '../organizations/organizations.js';
import { type PortalVisit, expiredPage, portalPage } from './portal.page.js';

/** [WorkOS OpenAPI, GenerateLinkDto] */
const INTENTS = [
  'sso',
  'dsync',
  'audit_logs',
  'log_streams',
  'domain_verification',
  'certificate_renewal',
  'bring_your_own_key',
];
/** How long a link works, once. [WorkOS docs, admin-portal] */
const LINK_MS = 5 * 60 * 1000;
const MAX_CONTACTS = 20;

/** `POST /portal/generate_link`, and the page in the Admin Portal's place. */
@Controller('portal')
export class PortalController {
  readonly #links = new Expiring<PortalVisit>(LINK_MS);

  constructor(
    private readonly config: LocalWorkOSConfig,
    private readonly organizations: Organizations,
    private readonly trail: Trail,
  ) {}

  @Post('generate_link')
  generate(@Body() body: unknown) {
    const token = newSecret();
    this.#links.put(token, this.readVisit(isJsonObject(body) ? body : {}));
    return { link: `${this.config.url}/portal/launch?token=${token}` };
  }

  @Get('launch')
  @NoApiKey()
  launch(@Query() query: ListQuery, @Res() response: LocalResponse): void {
    const visit = this.#links.take(first(query, 'token') ?? '');
    if (visit === undefined) return sendPage(response, expiredPage(), 410);
    const organization = this.organizations.get(visit.organizationId);
    const events = this.trail.events.filter(({ organizationId }) => organizationId === organization.id);
    sendPage(response, portalPage(visit, organization.name, events.slice(-200).toReversed()));
  }

  private readVisit(body: Record<string, unknown>): PortalVisit {
    const organization = own(body, 'organization');
    if (typeof organization !== 'string') throw unprocessable('organization must be a string');
    const intent = own(body, 'intent') ?? 'sso';
    if (typeof intent !== 'string' || !INTENTS.includes(intent)) {
      throw unprocessable(`intent must be one of: ${INTENTS.join(', ')}`);
    }
    // The OpenAPI document says it_contact_emails, SDK 11 sends admin_emails.
    const contacts = own(body, 'it_contact_emails') ?? own(body, 'admin_emails') ?? [];
    if (!isStringArray(contacts) || contacts.length > MAX_CONTACTS) {
      throw unprocessable(`it_contact_emails must be at most ${MAX_CONTACTS} strings`);
    }
    const returnUrl = own(body, 'return_url');
    if (
      returnUrl !== undefined &&
      !(typeof returnUrl === 'string' && /^https?:/.test(returnUrl) && URL.canParse(returnUrl))
    ) {
      throw unprocessable('return_url must be an http or https URL');
    }
    const { id } = this.organizations.get(organization);
    return { organizationId: id, intent, ...(returnUrl !== undefined && { returnUrl }) };
  }
}
