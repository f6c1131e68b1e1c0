import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Locator, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { type LocalBlog, startLocalBlog } from '../../examples/blog/local/local-blog.js';
import { CapturedLogs } from '../support/captured-logs.js';
import { WAIT } from './dashboard.page.js';

/** What `npm start` serves, on free ports and with nothing on the disk. Closed when the test is over. */
export async function startExample(
  auth: 'sso' | 'authkit' = 'sso',
): Promise<LocalBlog & { readonly logs: CapturedLogs }> {
  const port = await unusedPort();
  const logs = new CapturedLogs();
  const example = await startLocalBlog(
    {
      auth,
      host: '127.0.0.1',
      ports: { blog: port, workos: 0, siem: 0 },
      baseUrl: new URL(`http://localhost:${port}`),
      databasePath: ':memory:',
      outboxPath: ':memory:',
      // An outage in a test lasts seconds, and nobody waits for minutes until the next try.
      delivery: { backoff: { minMs: 500, maxMs: 2_000 } },
    },
    { logger: logs },
  );
  onTestFinished(() => example.close());
  return { ...example, logs };
}

/** The blog has to know its port before it listens: WorkOS leads people back to it. */
async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });

/** From the blog's first page over LocalWorkOS's to the dashboard. */
export async function logIn(page: Page, blogUrl: string, email: string, name: string): Promise<void> {
  await page.goto(blogUrl);
  await page.getByLabel('Work e-mail').fill(email);
  await button(page, 'Continue with single sign-on').click();
  await page.getByRole('link', { name: `${name} ${email}` }).click();
  await page.waitForURL(`${blogUrl}/dashboard`);
  await says(page, `Welcome, ${name}.`);
}

export async function publish(page: Page, title: string, text: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Dashboard' }).click();
  await page.getByRole('link', { name: 'Write a post' }).first().click();
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Text').fill(text);
  await button(page, 'Publish').click();
  await says(page, `“${title}” is published.`);
}

export async function remove(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Posts' }).click();
  await page.getByRole('link', { name: title }).click();
  await button(page, 'Delete post').click();
  const dialog = page.getByRole('dialog', { name: `Delete “${title}”?` });
  await button(page, 'Keep it').click();
  await dialog.waitFor({ state: 'hidden' });
  await button(page, 'Delete post').click();
  await button(page, 'Delete for good').click();
  await says(page, `“${title}” is deleted.`);
}

export async function invite(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'People' }).click();
  await button(page, `Invite ${name}`).click();
  await says(page, `${name} is invited.`);
}

export async function logOut(page: Page, blogUrl: string): Promise<void> {
  await button(page, 'Log out').click();
  await page.waitForURL(`${blogUrl}/`);
  await says(page, 'You are logged out.');
}

/** What the blog says at the top of the page after something was done. */
export async function says(page: Page, message: string): Promise<void> {
  await page.getByRole('status').filter({ hasText: message }).waitFor();
}

/** The tab that a link opens. */
export async function openTab(page: Page, link: Locator): Promise<Page> {
  const [tab] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
  await tab.waitForLoadState();
  await page.bringToFront();
  return tab;
}

/** A figure of the outbox, as the dashboard shows it. */
export const figure = async (trail: Page, name: string): Promise<number> =>
  Number(/^[\d.]+/.exec((await trail.textContent(`[data-figure=${name}] dd`)) ?? '')?.[0] ?? 0);

/** Waits until the page's text matches, by itself. */
export async function comesToSay(page: Page, selector: string, text: string): Promise<void> {
  await expect.poll(() => page.locator(selector).textContent(), WAIT).toContain(text);
}
