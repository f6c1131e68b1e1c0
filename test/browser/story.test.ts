import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser, shoot } from './browser.js';
import { WAIT, actions, isLive, shows } from './dashboard.page.js';
import {
  button,
  comesToSay,
  figure,
  invite,
  logIn,
  logOut,
  openTab,
  publish,
  remove,
  says,
  startExample,
} from './story.pages.js';

/** Of the README's pictures. */
const SIZE = { viewport: { width: 1200, height: 780 } };
/** How long WorkOS stays broken, at the least. For pictures, so long that the charts have a shape. */
const OUTAGE_SECONDS = Number(process.env.OUTAGE_SECONDS || 2);

describeInBrowser('the example in a browser', (open) => {
  it('is walked through, from the first login to the events at the SIEM', async () => {
    const { url, workos, siem, logs } = await startExample();
    const page = await open(SIZE);

    // Act, and watch the trail fill in another tab.
    await logIn(page, url, 'ada@acme.example', 'Ada Lovelace');
    const trail = await openTab(page, page.getByRole('link', { name: 'See the trail' }));
    await isLive(trail);
    await shows(trail, ['user.login']);
    await publish(page, 'Passkeys for everybody', 'From Monday on we sign in without passwords. Bring your phone.');
    await shows(trail, ['post.create', 'user.login']);
    await publish(page, 'Draft, please ignore', 'Nothing to see here.');
    await shows(trail, ['post.create', 'post.create', 'user.login']);
    await remove(page, 'Draft, please ignore');
    await shows(trail, ['post.delete', 'post.create', 'post.create', 'user.login']);
    await invite(page, 'Grace Hopper');
    await shows(trail, ['user.invite', 'post.delete', 'post.create', 'post.create', 'user.login']);
    await publish(page, 'How we rotate keys', 'Every ninety days, by a job, and nobody has to think of it.');
    await page.getByRole('navigation').getByRole('link', { name: 'Dashboard' }).click();
    await shoot(page, 'blog');

    // WorkOS breaks: the blog goes on, and the events wait.
    await expect.poll(() => actions(trail), WAIT).toHaveLength(6);
    await button(trail, '503').click();
    await comesToSay(trail, '#fault', 'WorkOS answers every event with 503.');
    await publish(page, 'The office moves in May', 'Third floor, same house. The plants move first.');
    await publish(page, 'A typo on purpose', 'Let us see who reads tihs.');
    await remove(page, 'A typo on purpose');
    await invite(page, 'Alan Turing');
    await expect.poll(() => figure(trail, 'waiting'), WAIT).toBe(4);
    await expect.poll(() => figure(trail, 'oldest'), patient()).toBeGreaterThanOrEqual(OUTAGE_SECONDS);
    expect(await actions(trail)).toHaveLength(6);
    expect(await trail.textContent('#outbox-sentence')).toBe('Events are waiting to be sent.');
    await shoot(trail, 'trail-waiting');

    // It is repaired: they arrive, each once.
    await button(trail, 'Back to normal').first().click();
    await expect.poll(() => figure(trail, 'waiting'), WAIT).toBe(0);
    await expect.poll(() => actions(trail), WAIT).toHaveLength(10);
    expect((await actions(trail)).slice(0, 4).toSorted()).toEqual([
      'post.create',
      'post.create',
      'post.delete',
      'user.invite',
    ]);
    expect(new Set(workos.events.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(10);
    await shoot(trail, 'trail-delivered');

    // The admin connects the SIEM, and what happens from then on arrives there.
    const sink = await connectSiem(page, url);
    await publish(page, 'Our SIEM is connected', 'Security sees what we do here, as it happens.');
    await comesToSay(sink, '#rows', 'Our SIEM is connected');
    expect(await sink.textContent('#rows')).toContain('post.create by Ada Lovelace');
    expect(siem.events.map(({ action }) => action)).toContain('post.create');
    await shoot(sink, 'siem');
    await settings(page);
    await expect.poll(() => page.locator('.facts').textContent(), WAIT).toContain('active');
    await shoot(page, 'settings');

    // The auditor's file.
    const before = (await workos.waitForEvents(12)).map(({ action, actor }) => `${action} by ${actor.name}`);
    const rows = await download(page);
    const told = rows.map((row) => `${row['action']} by ${row['actor_name']}`);
    expect(told.filter((line) => !line.startsWith('audit_log.')).toSorted()).toEqual(before.toSorted());
    expect(rows.find(({ action }) => action === 'post.delete')).toMatchObject({
      target_type_1: 'user',
      context_location: expect.stringMatching(/127\.0\.0\.1|::1/),
      metadata: expect.stringContaining('title'),
    });

    await logOut(page, url);
    await expect.poll(() => actions(trail), WAIT).toContain('user.logout');
    expect(workos.refused.filter(({ status }) => status !== 503)).toEqual([]);
    expect(logs.find('error', '')).toEqual([]);
  }, 180_000);

  it.each(['sso', 'authkit'] as const)(
    'can be used without JavaScript, signed in by %s',
    async (auth) => {
      const { url, workos, logs } = await startExample(auth);
      const page = await open({ ...SIZE, javaScriptEnabled: false });

      await logIn(page, url, 'ada@acme.example', 'Ada Lovelace');
      await publish(page, 'Hello', 'World');
      await remove(page, 'Hello');
      await invite(page, 'Grace Hopper');
      await settings(page);
      await page.getByLabel('Keep events for').selectOption('365');
      await button(page, 'Save retention').click();
      await says(page, 'The trail is kept for 365 days from now on.');
      await workos.waitForEvents(5);
      expect(await download(page)).toHaveLength(5);
      await button(page, 'Open the audit trail').click();
      await page.getByRole('list', { name: 'Events, newest first' }).waitFor();
      expect(await page.textContent('ol.trail')).toContain('retention.changed');
      await page.getByRole('link', { name: 'Back to the application' }).click();
      await logOut(page, url);

      const done = [
        'audit_log.export_requested',
        'audit_log.viewed',
        'post.create',
        'post.delete',
        'retention.changed',
      ];
      expect((await workos.waitForEvents(8)).map(({ action }) => action).toSorted()).toEqual([
        ...done,
        'user.invite',
        'user.login',
        'user.logout',
      ]);
      expect(logs.find('error', '')).toEqual([]);
    },
    120_000,
  );
});

function patient() {
  return { timeout: WAIT.timeout + OUTAGE_SECONDS * 1_000 };
}

async function settings(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
}

/** Types what the SIEM's page says into the Admin Portal's. Answers the tab of the SIEM. */
async function connectSiem(page: Page, blogUrl: string): Promise<Page> {
  await settings(page);
  const sink = await openTab(page, page.getByRole('link', { name: 'this SIEM' }));
  const [address = '', header = '', secret = ''] = await sink.locator('dd code').allTextContents();
  await button(page, 'Set up log stream').click();
  await page.getByLabel('Address').fill(address);
  await page.getByLabel('Header').fill(header);
  await page.getByLabel('Its secret value').fill(secret);
  await button(page, 'Connect').click();
  await page.getByRole('status').filter({ hasText: address }).waitFor();
  await shoot(page, 'admin-portal');
  await page.getByRole('link', { name: 'Back to the application' }).click();
  await page.waitForURL(`${blogUrl}/settings`);
  return sink;
}

async function download(page: Page): Promise<Record<string, string>[]> {
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Download CSV').click()]);
  expect(file.suggestedFilename()).toMatch(/^audit-trail-\d{4}-\d\d-\d\d-to-\d{4}-\d\d-\d\d\.csv$/);
  return parse(await readFile(await file.path()), { columns: true });
}
