import type { LocalWorkOSFault } from 'nestjs-workos-audit/testing';
import { describe, expect, it } from 'vitest';
import { seed } from '../../examples/blog/local/seed.js';
import { BlogTest } from './support/blog-test.js';
import { BLOG_ORIGIN, type Browser, location } from './support/browser.js';
import { openSettings, today } from './support/settings.js';

/** Acme with a log stream in that state. */
function withStream(state: 'active' | 'inactive' | 'error' | 'invalid'): typeof seed {
  const organizations = seed.organizations.map((one) => Object.assign({ logStream: { type: 'Splunk', state } }, one));
  return { ...seed, organizations };
}

const FORMS = ['/settings/log-stream', '/settings/trail', '/settings/retention', '/settings/export'];

describe('the settings', () => {
  it('are for administrators, and only they see the way there', async () => {
    const blog = await BlogTest.start();
    const before = blog.workos.requests.length;
    const grace = await blog.signIn('grace@acme.example');
    expect((await grace.get('/dashboard')).text).not.toContain('href="/settings');
    const page = await grace.get('/settings');
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('This is for administrators')]);
    for (const path of FORMS) expect([path, (await grace.post(path, { days: '30' })).status]).toEqual([path, 403]);
    expect((await blog.signIn('ada@acme.example').then((ada) => ada.get('/dashboard'))).text).toContain('/settings');
    expect(
      blog.workos.requests.slice(before).filter(({ path }) => /portal|retention|exports|configuration/.test(path)),
    ).toEqual([]);
    expect(await blog.actions()).toEqual(['user.login', 'user.login']);
  });

  it('are for people who are signed in', async () => {
    const blog = await BlogTest.start();
    expect((await blog.browser().get('/settings')).path).toBe('/');
    for (const path of FORMS) expect([path, (await blog.browser().post(path)).status]).toEqual([path, 401]);
  });

  it.each(FORMS)('refuse a POST to %s without the CSRF token, and record nothing', async (path) => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    browser.csrfToken = 'forged';
    const page = await browser.post(path, { days: '365', ...today() });
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('out of date')]);
    expect(blog.workos.requests.filter(({ method }) => method !== 'GET').map((one) => one.path)).not.toContain(
      '/portal/generate_link',
    );
    expect(await blog.actions()).toEqual(['user.login']);
  });

  it('change nothing by GET', async () => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    for (const path of FORMS) expect([path, (await browser.get(path)).status]).toEqual([path, 404]);
  });

  it('escape the name of the organization', async () => {
    const organizations = [{ id: 'org_acme', name: '<script>Acme</script>', domains: ['acme.example'] }];
    const blog = await BlogTest.start({ seed: { ...seed, organizations } });
    const browser = await blog.signIn('ada@acme.example');
    for (const path of ['/settings', '/dashboard', '/team/invitations']) {
      const { text } = await browser.get(path);
      expect(text).toContain('&lt;script&gt;Acme');
      expect(text).not.toContain('<script');
    }
    await browser.post('/settings/trail', {}, { follow: false });
    const viewed = (await blog.events()).find(({ action }) => action === 'audit_log.viewed');
    expect(viewed?.targets).toContainEqual(expect.objectContaining({ type: 'organization', id: 'org_acme' }));
  });

  it('forbid scripts and frames, and let forms lead to the Admin Portal', async () => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    const answers = [await browser.get('/settings'), await browser.post('/settings/export', {})];
    for (const { headers } of answers) {
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('content-security-policy')).not.toContain('form-action');
    }
  });
});

describe('the log stream', () => {
  it.each([
    ['log-stream', 'log_streams', 'log_stream.setup_opened'],
    ['trail', 'audit_logs', 'audit_log.viewed'],
  ])('POST /settings/%s leads at once to the Admin Portal for %s', async (path, intent, action) => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' };
    const page = await browser.post(`/settings/${path}`, {}, { follow: false, headers });
    expect([page.status, location(page)]).toEqual([303, expect.stringContaining(`${blog.workos.url}/portal/launch`)]);
    const asked = blog.workos.requests.find((request) => request.path === '/portal/generate_link');
    expect(asked?.body).toMatchObject({
      organization: 'org_acme',
      intent,
      return_url: `${BLOG_ORIGIN}/settings`,
    });
    const portal = await (await fetch(location(page))).text();
    expect(portal).toContain('<h1>Acme</h1>');
    const event = (await blog.events()).find((one) => one.action === action);
    expect(event).toMatchObject({ actor: { id: 'prof_ada' }, organizationId: 'org_acme' });
    expect(event?.targets).toContainEqual({ type: 'organization', id: 'org_acme', name: 'Acme', metadata: {} });
    expect(JSON.stringify(event)).not.toContain('token');
  });

  it('has a link to the Admin Portal made for each click, and on no page', async () => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    expect((await browser.get('/settings')).text).not.toContain('portal/launch');
    const visit = async (): Promise<string> =>
      location(await browser.post('/settings/log-stream', {}, { follow: false }));
    expect(await visit()).not.toBe(await visit());
  });

  it('can be tried with the SIEM of this machine, if there is one', async () => {
    const local = { trailUrl: 'http://localhost:1', emails: [], siemUrl: 'http://localhost:2' };
    const blog = await BlogTest.start({ config: { local } });
    expect((await (await openSettings(blog)).get('/settings')).text).toContain('href="http://localhost:2"');
    const other = await BlogTest.start();
    expect((await (await openSettings(other)).get('/settings')).text).not.toContain('To try it here');
  });

  it('is shown with its state', async () => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    expect((await browser.get('/settings')).text).toContain('Not connected');
    blog.workos.connectLogStream('org_acme', { url: 'http://127.0.0.1:9/' });
    const { text } = await browser.get('/settings');
    expect(text).toContain('HTTPS endpoint');
    expect(text).toContain('>active<');
  });

  it.each([
    ['active', '>active<', false],
    ['inactive', 'switched off', false],
    ['error', 'nothing is delivered; WorkOS goes on trying', true],
    ['invalid', 'the settings are refused', true],
  ] as const)('in the state %s says what that means', async (state, words, isAlarm) => {
    const blog = await BlogTest.start({ seed: withStream(state) });
    const { text } = await (await openSettings(blog)).get('/settings');
    expect(text).toContain('Splunk');
    expect(text).toContain(words);
    expect(text.includes('Your SIEM misses events')).toBe(isAlarm);
  });

  it('of an audit log that is switched off says so', async () => {
    const organizations = seed.organizations.map((one) => Object.assign({ auditLogs: 'disabled' as const }, one));
    const blog = await BlogTest.start({ seed: { ...seed, organizations } });
    const { text } = await (await openSettings(blog)).get('/settings');
    expect(text).toContain('is disabled at WorkOS');
  });
});

describe('the retention', () => {
  const setRetention = (browser: Browser, days: string, more = {}) =>
    browser.post('/settings/retention', { days, ...more });

  it('is shown, set, and in the trail with what it was', async () => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    expect((await browser.get('/settings')).text).toContain('is not set');
    await setRetention(browser, '30');
    const page = await setRetention(browser, '365');
    expect([page.status, page.path]).toEqual([200, '/settings']);
    expect(page.text).toContain('The trail is kept for 365 days from now on.');
    expect(page.text).toContain('<strong>365 days</strong>');
    const changes = (await blog.events()).filter(({ action }) => action === 'retention.changed');
    expect(changes.map(({ metadata }) => metadata)).toContainEqual({ days: 30 });
    expect(changes.map(({ metadata }) => metadata)).toContainEqual({ days: 365, days_before: 30 });
  });

  it('is made shorter only after a question', async () => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    await setRetention(browser, '365');
    const question = await setRetention(browser, '30');
    expect([question.status, question.text]).toEqual([422, expect.stringContaining('name="confirmed"')]);
    expect(question.text).toContain('<option value="30" selected>');
    expect(question.text).toContain('<strong>365 days</strong>');
    const page = await setRetention(browser, '30', { confirmed: 'yes' });
    expect(page.text).toContain('<strong>30 days</strong>');
    expect((await blog.actions()).filter((action) => action === 'retention.changed')).toHaveLength(2);
  });

  it.each(['31', '0', '-30', '', 'x', '1e9', '30.5'])('of %j days is refused at the field', async (days) => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    const page = await setRetention(browser, days);
    expect([page.status, page.text]).toEqual([422, expect.stringContaining('id="days-error">Choose 30 or 365 days.')]);
    expect(await blog.actions()).toEqual(['user.login']);
  });
});

describe('while WorkOS fails', () => {
  const faults: [string, LocalWorkOSFault][] = [
    ['503', { status: 503 }],
    ['500 as HTML', { status: 500, body: '<html>no</html>' }],
    ['403', { status: 403 }],
    ['a hang', { hang: true }],
    ['a reset', { reset: 'before' }],
    ['rubbish', { status: 200, body: '{"a": 1}', contentType: 'application/json' }],
  ];
  it.each(faults)(
    'with %s, the settings say so and the rest works',
    async (_name, fault) => {
      const blog = await BlogTest.start({ config: { settingsTimeoutMs: 400 } });
      const browser = await openSettings(blog);
      blog.workos.fail({ ...fault, path: /^\/(organizations|portal|audit_logs\/exports)/ });
      const page = await browser.get('/settings');
      expect(page.status).toBe(200);
      expect(page.text.match(/WorkOS does not answer right now/g)).toHaveLength(2);
      expect(page.text).not.toContain('Exception');
      for (const path of ['/settings/log-stream', '/settings/trail']) {
        const answer = await browser.post(path);
        expect([path, answer.status, answer.text]).toEqual([
          path,
          503,
          expect.stringContaining('is not possible right now'),
        ]);
      }
      expect((await browser.post('/settings/retention', { days: '365' })).status).toBe(503);
      const download = await browser.post('/settings/export', today());
      expect([download.status, download.text]).toEqual([
        503,
        expect.stringContaining('cannot make the file right now'),
      ]);
      expect((await browser.post('/posts', { title: 'Goes on', body: 'Yes' })).text).toContain('Goes on');
      expect(await blog.actions()).toEqual(['user.login', 'post.create']);
    },
    60_000,
  );

  it('in one part, the other is there', async () => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    blog.workos.fail({ path: '/organizations/org_acme/audit_log_configuration', status: 503 });
    const { text } = await browser.get('/settings');
    expect(text).toContain('the state of the log stream is not known');
    expect(text).toContain('Save retention');
  });
});
