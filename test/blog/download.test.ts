import { describe, expect, it } from 'vitest';
import { BlogTest } from './support/blog-test.js';
import { dayIn, openSettings, today } from './support/settings.js';

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
