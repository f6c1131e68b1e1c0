import type { LocalWorkOSFault } from 'nestjs-workos-audit/testing';
import { describe, expect, it } from 'vitest';
import { seed } from '../../examples/blog/local/seed.js';
import { BlogTest } from './support/blog-test.js';
import { BLOG_ORIGIN, type Browser, location } from './support/browser.js';

/** Acme with a log stream in that state. */
function withStream(state: 'active' | 'inactive' | 'error' | 'invalid'): typeof seed {
  const organizations = seed.organizations.map((one) => Object.assign({ logStream: { type: 'Splunk', state } }, one));
  return { ...seed, organizations };
}

/** Somebody on the settings page. */
async function openSettings(blog: BlogTest, email = 'ada@acme.example'): Promise<Browser> {
  const browser = await blog.signIn(email);
  await browser.get('/settings');
  return browser;
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

/** The form's fields for today. */
function today(): { from: string; to: string } {
  const day = new Date().toISOString().slice(0, 10);
  return { from: day, to: day };
}

/** So many days from now, as the form writes it. */
function dayIn(days: number): string {
  return new Date(Date.now() + days * 24 * 60 * 60 * 1_000).toISOString().slice(0, 10);
}

describe('the download', () => {
  it('is the trail as CSV, and is in the trail itself', async () => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    await blog.events();
    const { from, to } = today();
    const page = await browser.post('/settings/export', { from: dayIn(-7), to });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(page.headers.get('content-disposition')).toBe(
      `attachment; filename="audit-trail-${dayIn(-7)}-to-${to}.csv"`,
    );
    const [head, ...lines] = page.text.trim().split('\n');
    expect(head).toContain('action');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('user.login');
    const event = (await blog.events()).find(({ action }) => action === 'audit_log.export_requested');
    expect(event?.metadata).toEqual({ from: `${dayIn(-7)}T00:00:00.000Z`, to: expect.stringMatching(`^${from}T`) });
    expect(event?.targets).toContainEqual(expect.objectContaining({ type: 'organization', id: 'org_acme' }));
  });

  const ranges: [string, Record<string, string>, string][] = [
    ['no days', {}, 'id="from-error">The first day is missing'],
    ['a day that is none', { from: '2026-02-31', to: dayIn(0) }, 'id="from-error">The first day is missing'],
    ['rubbish', { from: '"><script>', to: dayIn(0) }, 'id="from-error">The first day is missing'],
    ['a first day long ago', { from: dayIn(-200), to: dayIn(0) }, 'id="from-error">WorkOS exports the past three'],
    ['a first day in the future', { from: dayIn(2), to: dayIn(3) }, 'id="from-error">The first day is in the future'],
    ['a last day before the first', { from: dayIn(-1), to: dayIn(-2) }, 'id="to-error">The last day is before'],
    ['a last day that is none', { from: dayIn(-1), to: 'x' }, 'id="to-error">The last day is missing'],
    ['days without an event', { from: dayIn(-3), to: dayIn(-2) }, 'id="from-error">Nothing happened in these days'],
  ];
  it.each(ranges)(
    'of %s is refused at the field, keeps what was typed, and records nothing',
    async (_name, form, words) => {
      const blog = await BlogTest.start();
      const browser = await openSettings(blog);
      await blog.events();
      const page = await browser.post('/settings/export', form);
      expect([page.status, page.text]).toEqual([422, expect.stringContaining(words)]);
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(page.text).not.toContain('<script');
      if (/^[\w-]*$/.test(form.from ?? '')) expect(page.text).toContain(`value="${form.from ?? ''}"`);
      expect(await blog.actions()).toEqual(['user.login']);
    },
  );

  it('reaches to the end of a day that has only begun, and to the first possible one', async () => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    await blog.events();
    const page = await browser.post('/settings/export', { from: dayIn(-90), to: dayIn(1) });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  });

  it('that WorkOS cannot make is an error at the form, and no event', async () => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    await blog.events();
    blog.workos.setExports({ outcome: 'error' });
    const page = await browser.post('/settings/export', today());
    expect([page.status, page.text]).toEqual([503, expect.stringContaining('cannot make the file right now')]);
    expect(blog.logs.find('error', 'export_failed')).toHaveLength(1);
    expect(await blog.actions()).toEqual(['user.login']);
  });

  it('goes on where it was when WorkOS breaks off', async () => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    await blog.events();
    blog.workos.fail({ path: /^\/_exports\//, cutAfterBytes: 100, times: 1 });
    const page = await browser.post('/settings/export', today());
    expect(page.status).toBe(200);
    expect(page.text.slice(80, 130)).toContain('_user_agent,metadata,target_id_1,');
    expect(page.text.trim().split('\n')).toEqual([
      expect.stringMatching(/^action,/),
      expect.stringMatching(/^user\.login,/),
    ]);
  }, 40_000);

  it('that breaks in the middle for good is no whole file', async () => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    await blog.events();
    blog.workos.fail({ path: /^\/_exports\//, cutAfterBytes: 100, times: 1 });
    blog.workos.fail({ path: /^\/_exports\//, status: 500 });
    await expect(browser.post('/settings/export', today())).rejects.toThrow(/terminated/);
    expect((await blog.actions()).toSorted()).toEqual(['audit_log.export_requested', 'user.login']);
  }, 60_000);

  it('that nobody waits for any more is given up', async () => {
    const blog = await BlogTest.start();
    const browser = await openSettings(blog);
    await blog.events();
    blog.workos.setExports({ delayMs: Infinity });
    const leave = new AbortController();
    const waiting = fetch(`${blog.url}/settings/export`, {
      method: 'POST',
      signal: leave.signal,
      headers: { cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      body: new URLSearchParams({ _csrf: browser.csrfToken, ...today() }),
    }).catch((error: Error) => error.name);
    const polls = (): number =>
      blog.workos.requests.filter(({ path }) => /exports\/audit_log_export/.test(path)).length;
    await expect.poll(polls, { timeout: 10_000 }).toBeGreaterThan(0);
    leave.abort();
    expect(await waiting).toBe('AbortError');
    await expect.poll(async () => (await blog.audit.stats()).held, { timeout: 10_000 }).toBe(0);
    const before = polls();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(polls()).toBe(before);
    expect(await blog.actions()).toEqual(['user.login']);
    expect(blog.logs.find('error', '')).toEqual([]);
  }, 40_000);
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
