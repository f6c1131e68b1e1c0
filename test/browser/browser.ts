import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest';

/** Where Chromium usually is; `CHROMIUM` names another. */
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const ARGS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const executablePath = [process.env.CHROMIUM ?? '', ...USUAL_PLACES].find((path) => path !== '' && existsSync(path));

/** How a page is opened, beside Playwright's own options. */
export interface PageOptions extends BrowserContextOptions {
  /** Errors that the test causes itself, such as those of a connection that it cuts. @default none */
  readonly expectedErrors?: RegExp;
}

/** Opens pages, each in a context of its own, closed when its test is over. */
export type OpenPage = (options?: PageOptions) => Promise<Page>;

/**
 * Tests in a real Chromium. Where there is none they are skipped, and the name says so. A test whose page logs an error
 * (a script that throws, a refusal by the Content-Security-Policy, a file that is missing) fails.
 *
 * @example describeInBrowser('the page', (open) => { it('works', async () => { const page = await open(); … }) })
 */
export function describeInBrowser(name: string, define: (open: OpenPage) => void): void {
  const isMissing = executablePath === undefined;
  const why = isMissing ? ' (skipped: no Chromium is installed; CHROMIUM may name one)' : '';
  describe.skipIf(isMissing)(`${name}${why}`, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: executablePath ?? '', args: ARGS });
    }, 60_000);
    afterAll(() => browser?.close());
    define((options) => openPage(browser, options));
  });
}

/** Keeps a picture of a page in the folder that `SCREENSHOTS` names; without it, does nothing. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

async function openPage(browser: Browser, { expectedErrors, ...options }: PageOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(20_000);
  const errors: string[] = [];
  const note = (error: string): void => {
    if (!expectedErrors?.test(error)) errors.push(error);
  };
  const page = await context.newPage();
  page.on('pageerror', ({ message }) => note(message));
  page.on('console', (message) => message.type() === 'error' && note(message.text()));
  onTestFinished(async () => {
    await context.close();
    expect(errors).toEqual([]);
  });
  return page;
}
