import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditModule, AuditService, memoryOutbox, systemActor } from 'nestjs-workos-audit';
import type { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { expect, it, onTestFinished } from 'vitest';
import { act } from '../local-workos/dashboard/support.js';
import { post, start, wireEvent } from '../local-workos/support.js';
import { describeInBrowser, shoot } from './browser.js';
import { WAIT, actions, isLive, shows, visit } from './dashboard.page.js';

/** The browser tells of the connections that these tests cut. */
const CUT = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/;

/** An application that really delivers to this LocalWorkOS, in the name of a job. */
async function startApp(workos: LocalWorkOS) {
  @Module({
    imports: [
      AuditModule.forRoot({
        workos: { apiKey: workos.apiKey, ...workos.clientOptions },
        outbox: memoryOutbox(),
        delivery: { backoff: { minMs: 20, maxMs: 100 }, pollMs: 50, drainTimeoutMs: 500 },
      }),
    ],
  })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  onTestFinished(() => app.close());
  const audit = app.get(AuditService);
  const job = systemActor('nightly-report', { organizationId: 'org_local' });
  return {
    stats: () => audit.stats(),
    record: (action: string) => audit.runAs(job, () => audit.record(action, { targets: { report: 'r1' } })),
  };
}

describeInBrowser('the dashboard in a browser', (open) => {
  it('fills while one acts, newest first, and opens to the whole event', async () => {
    const workos = await start({ schemas: 'open', appUrl: 'http://localhost:3000' });
    const page = await visit(await open(), workos);
    expect(await page.textContent('#empty')).toContain('No event yet');

    await act(workos, 'first.one', 'second.one');

    await shows(page, ['second.one', 'first.one']);
    expect(await page.isVisible('#empty')).toBe(false);
    expect(await page.textContent('#matched')).toBe('2 events');
    await expect.poll(() => page.textContent('#total-trail')).toBe('2');
    expect(await page.locator('#counts a span:first-child').allTextContents()).toEqual(['first.one', 'second.one']);
    expect(await page.locator('#rows .ago').first().textContent()).toMatch(/ago|just now/);
    // By keyboard: the row is a button that opens.
    await page.locator('#rows summary').first().focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#rows pre').first().textContent()).toContain('"action": "second.one"');
    await page.getByText('Open this event').first().click();
    expect(await page.textContent('h1')).toBe('second.one');
    await page.getByRole('link', { name: 'Older' }).click();
    expect(await page.textContent('h1')).toBe('first.one');
  });

  it('stays live under a filter', async () => {
    const workos = await start({ schemas: 'open' });
    await act(workos, 'post.create', 'user.login');
    const page = await visit(await open(), workos);
    await page.selectOption('#action', 'post.create');
    await page.fill('input[name=target]', 'post_1');
    await page.getByRole('button', { name: 'Filter' }).click();
    await isLive(page);
    expect(page.url()).toContain('action=post.create&actor=&target=post_1');

    await act(workos, 'user.logout');
    await post(workos, wireEvent({ occurred_at: '2026-11-21T10:00:00.000Z' }));

    await shows(page, ['post.create', 'post.create']);
    expect(await page.textContent('#matched')).toBe('2 of 4 events');
    // An action that the page did not know can be chosen now.
    expect(await page.locator('#action option').allTextContents()).toContain('user.logout');
    await page.locator('#counts').getByText('user.logout').click();
    await expect.poll(() => page.textContent('#matched'), WAIT).toBe('3 of 4 events');
  });

  it('comes back by itself, with what it has missed, and nothing twice', async () => {
    const workos = await start({ schemas: 'open' });
    const page = await visit(await open({ expectedErrors: CUT }), workos);
    await act(workos, 'n.1');
    await shows(page, ['n.1']);

    for (const [before, after] of [
      ['n.2', 'n.3'],
      ['n.4', 'n.5'],
    ] as const) {
      await act(workos, before);
      await workos.stop();
      await expect.poll(() => page.textContent('#state'), WAIT).toBe('Disconnected');
      await workos.resume();
      await act(workos, after);
      await isLive(page);
    }

    await shows(page, ['n.5', 'n.4', 'n.3', 'n.2', 'n.1']);
  });

  it('goes on without a gap when its tab was hidden, and holds no connection meanwhile', async () => {
    const workos = await start({ schemas: 'open' });
    const page = await visit(await open(), workos);
    const hide = (hidden: boolean) =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
      );
    const { traffic } = (workos as unknown as { state: { traffic: { refusals: { observed: boolean } } } }).state;
    await expect.poll(() => traffic.refusals.observed, WAIT).toBe(true);

    await act(workos, 'read.now');
    await shows(page, ['read.now']);
    await page.locator('#rows summary').click();

    await hide(true);
    await expect.poll(() => traffic.refusals.observed, WAIT).toBe(false);
    await act(workos, 'while.hidden');
    await hide(false);

    await shows(page, ['while.hidden', 'read.now']);
    // What one was reading is still open: rows are added, not made anew.
    expect(await page.locator('#rows details').last().getAttribute('open')).not.toBeNull();
  });

  it('can be paused, and then shows all at once', async () => {
    const workos = await start({ schemas: 'open' });
    const page = await visit(await open(), workos);
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => page.textContent('#state'), WAIT).toBe('Paused');

    await act(workos, 'n.1', 'n.2');
    await expect.poll(() => page.textContent('#pause'), WAIT).toBe('Resume (2 new)');
    expect(await actions(page)).toEqual([]);
    await page.getByRole('button', { name: 'Resume' }).click();

    await shows(page, ['n.2', 'n.1']);
  });

  it('stays small: ten thousand events, and hundreds more while one looks', async () => {
    const workos = await start({ schemas: 'open' });
    await act(workos, 'one.only');
    const [event] = workos.events;
    // Straight into the trail, because ten thousand requests would take this test a minute.
    for (let n = 0; n < 10_000; n += 1)
      (workos.events as unknown[]).push({ ...event, id: `evt-${n}`, action: `a.${n}` });
    const page = await visit(await open(), workos);

    await act(workos, ...Array.from({ length: 230 }, (_, n) => `n.${n}`));

    await expect.poll(async () => (await actions(page))[0], WAIT).toBe('n.229');
    expect(await actions(page)).toEqual(Array.from({ length: 50 }, (_, n) => `n.${229 - n}`));
    // As many go at the end as come in at the top, and the link to older events follows the last row.
    for (const action of ['last.1', 'last.2']) {
      await act(workos, action);
      await expect.poll(async () => (await actions(page))[0], WAIT).toBe(action);
    }
    expect(await actions(page)).toHaveLength(50);
    await page.getByRole('link', { name: 'Older' }).click();
    await expect.poll(async () => (await actions(page)).slice(0, 2), WAIT).toEqual(['n.181', 'n.180']);
    expect(await page.locator('*').count()).toBeLessThan(3000);
  });

  it('lets one watch the outbox hold and drain', async () => {
    const workos = await start({ schemas: 'open' });
    const app = await startApp(workos);
    workos.watchOutbox(() => app.stats());
    const page = await visit(await open(), workos);
    const figure = (name: string): Promise<string | null> => page.textContent(`[data-figure=${name}] dd`);
    // The charts are drawn by uPlot, and described for those who do not see them.
    await expect.poll(() => page.locator('.chart canvas').count(), WAIT).toBe(5);
    expect(await page.getByRole('img', { name: /^Waiting in the last minutes: now 0/ }).count()).toBe(1);

    await page.getByRole('button', { name: '503', exact: true }).click();
    await expect.poll(() => page.textContent('#fault'), WAIT).toContain('WorkOS answers every event with 503.');
    for (const n of [1, 2, 3]) await app.record(`held.${n}`);
    await expect.poll(() => figure('waiting'), WAIT).toBe('3');
    expect(await page.textContent('#outbox-sentence')).toBe('Events are waiting to be sent.');
    expect(await page.getAttribute('button[value="503"]', 'aria-pressed')).toBe('true');
    expect(await actions(page)).toEqual([]);
    await expect.poll(() => page.isVisible('#but-refused'), WAIT).toBe(true);
    await shoot(page, 'dashboard-holding');

    await page.locator('.banner').getByRole('button', { name: 'Back to normal' }).click();
    await expect.poll(async () => (await actions(page)).toSorted(), WAIT).toEqual(['held.1', 'held.2', 'held.3']);
    await expect.poll(() => figure('waiting'), WAIT).toBe('0');
    expect(await page.textContent('#fault')).toBe('');
    expect(Number(await figure('retried'))).toBeGreaterThan(0);
    await shoot(page, 'dashboard-drained');
  });

  it('shows what was refused, live', async () => {
    const workos = await start();
    const page = await visit(await open(), workos, '/_local/refused');
    expect(await page.textContent('#empty')).toContain('Nothing was refused');

    await post(workos, wireEvent());

    await shows(page, ['400 post.create']);
    await page.locator('#rows summary').click();
    expect(await page.locator('#rows .whole').textContent()).toContain('"organization_id": "org_local"');
    await page.getByText('Open this refusal').click();
    expect(await page.textContent('h1')).toBe('400 post.create');
  });

  it('works without JavaScript', async () => {
    const workos = await start({ schemas: 'open' });
    await act(workos, 'post.create', 'user.login');
    const page = await open({ javaScriptEnabled: false });
    await page.goto(workos.url);
    expect(await page.textContent('#state')).toContain('Not live');

    await page.fill('input[name=q]', 'login');
    await page.getByRole('button', { name: 'Filter' }).click();
    expect(await actions(page)).toEqual(['user.login']);
    // The switches are forms, and lead back to the page with its filter.
    await page.getByRole('button', { name: '503', exact: true }).click();
    expect(new URL(page.url()).searchParams.get('q')).toBe('login');
    expect(await page.textContent('.banner')).toContain('WorkOS answers every event with 503.');
    expect((await post(workos, wireEvent())).status).toBe(503);
    await page.locator('.banner').getByRole('button').click();
    expect(await page.locator('.banner').count()).toBe(0);
  });
});
