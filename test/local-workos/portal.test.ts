import { describe, expect, it, vi } from 'vitest';
import { read, sdk, sdkEvent, send, start } from './support.js';

describe('a portal link', () => {
  it('made by the SDK shows the organization its trail, once', async () => {
    const workos = await start({ schemas: 'open' });
    workos.addOrganization({ id: 'org_other', name: 'Other' });
    const client = sdk(workos);
    await client.auditLogs.createEvent('org_local', sdkEvent());
    await client.auditLogs.createEvent('org_other', sdkEvent({ action: 'secret.read' }));

    const { link } = await client.adminPortal.generateLink({
      organization: 'org_local',
      intent: 'audit_logs',
      returnUrl: 'https://app.example/back?a=1&b=2',
      adminEmails: ['it@acme.example'],
    });
    const page = await read(await fetch(link));

    expect(link).toMatch(new RegExp(`^${workos.url}/portal/launch\\?token=`));
    expect(page.status).toBe(200);
    expect(page.text).toContain('post.create');
    expect(page.text).not.toContain('secret.read');
    expect(page.text).toContain('href="https://app.example/back?a=1&amp;b=2"');
    expect((await fetch(link)).status).toBe(410);
  });

  it.each(['sso', 'dsync', 'domain_verification', 'certificate_renewal', 'bring_your_own_key'])(
    'for %s leads to a note',
    async (intent) => {
      const workos = await start();

      const { status, json } = await send(workos, 'POST', '/portal/generate_link', {
        organization: 'org_local',
        intent,
      });
      const page = await read(await fetch((json as { link: string }).link));

      expect([status, page.status]).toEqual([201, 200]);
      expect(page.text).toContain(`<code>${intent}</code>`);
    },
  );

  it('works for five minutes', async () => {
    const workos = await start();
    const { link } = await sdk(workos).adminPortal.generateLink({ organization: 'org_local', intent: 'audit_logs' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * 60_000 + 1 });
    try {
      expect((await fetch(link)).status).toBe(410);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each<[string, object, number]>([
    ['an intent that is none', { intent: 'billing' }, 422],
    ['an unknown organization', { organization: 'org_x' }, 404],
    ['no organization', { organization: undefined }, 422],
    ['21 contacts', { it_contact_emails: Array.from({ length: 21 }, () => 'a@x') }, 422],
    ['a script to return to', { return_url: 'javascript:alert(1)' }, 422],
    ['nowhere to return to', { return_url: 'https:' }, 422],
    ['a script to go on to', { success_url: 'javascript:alert(1)' }, 422],
  ])('with %s is refused', async (_, overrides, status) => {
    const body = { organization: 'org_local', intent: 'audit_logs', ...overrides };

    const answer = await send(await start(), 'POST', '/portal/generate_link', body);

    expect([answer.status, answer.json]).toEqual([status, { message: expect.any(String) }]);
  });

  it('is refused without the API key', async () => {
    const workos = await start();

    expect((await send(workos, 'POST', '/portal/generate_link', {}, { authorization: '' })).status).toBe(401);
  });
});
