import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import { NoApiKey } from '../http/api-key.guard.js';
import { unprocessable } from '../http/api-error.js';
import { sendPage } from '../http/html.js';
import type { LocalResponse } from '../http/local-request.js';
import { type ListQuery, first } from '../http/paging.js';
import { isJsonObject, isStringArray, own } from '../json.js';
import { LocalWorkOSConfig } from '../local-workos.options.js';
import { Organizations } from '../organizations/organizations.js';
import { expiredPage } from './portal.page.js';
import { type PortalVisit, PortalVisits } from './portal.visits.js';

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
const MAX_CONTACTS = 20;

/** `POST /portal/generate_link`, and the door that its links open, once. */
@Controller('portal')
export class PortalController {
  constructor(
    private readonly config: LocalWorkOSConfig,
    private readonly organizations: Organizations,
    private readonly visits: PortalVisits,
  ) {}

  @Post('generate_link')
  generate(@Body() body: unknown) {
    const token = this.visits.invite(this.readVisit(isJsonObject(body) ? body : {}));
    return { link: `${this.config.url}/portal/launch?token=${token}` };
  }

  @Get('launch')
  @NoApiKey()
  launch(@Query() query: ListQuery, @Res() response: LocalResponse): void {
    const visit = this.visits.enter(first(query, 'token') ?? '');
    if (visit === undefined) return sendPage(response, expiredPage(), 410);
    response.writeHead(303, { Location: `/_local/portal?visit=${visit}`, 'Cache-Control': 'no-store' });
    response.end();
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
    const [returnUrl, successUrl] = ['return_url', 'success_url'].map((name) => readUrl(body, name));
    const { id } = this.organizations.get(organization);
    return { organizationId: id, intent, ...(returnUrl && { returnUrl }), ...(successUrl && { successUrl }) };
  }
}

function readUrl(body: Record<string, unknown>, name: string): string | undefined {
  const url = own(body, name);
  if (url === undefined) return undefined;
  if (typeof url === 'string' && /^https?:/.test(url) && URL.canParse(url)) return url;
  throw unprocessable(`${name} must be an http or https URL`);
}
