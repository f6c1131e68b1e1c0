import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, type Page, chromium } from 'playwright-core';
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
 * (a script that throws, a refusal by the Content-Security-Policy, a file that is missing), or whose request fails, fails.
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

/** Where pictures are kept: `SCREENSHOTS` names another folder. */
const screenshots = process.env.SCREENSHOTS || new URL('../../build/screenshots', import.meta.url).pathname;

/** Keeps a picture of what is seen of a page. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}

/** What was to be seen when a test failed. */
async function shootAll(context: BrowserContext, test: string): Promise<void> {
  const name = `failed-${test.replaceAll(/\W+/g, '-').slice(0, 60)}`;
  await Promise.all(context.pages().map((page, index) => shoot(page, `${name}-${index + 1}`).catch(() => undefined)));
}

async function openPage(browser: Browser, { expectedErrors, ...options }: PageOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(20_000);
  const errors: string[] = [];
  watch(context, (error) => {
    if (!expectedErrors?.test(error)) errors.push(error);
  });
  const page = await context.newPage();
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await shootAll(context, task.name);
    await context.close();
    expect(errors).toEqual([]);
  });
  return page;
}

/** Tells of everything that goes wrong in any tab. A request that is given up because its page is left, is in order. */
function watch(context: BrowserContext, tell: (error: string) => void): void {
  context.on('weberror', (error) => tell(error.error().message));
  context.on('console', (message) => message.type() === 'error' && tell(message.text()));
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'failed';
    if (reason !== 'net::ERR_ABORTED') tell(`${request.method()} ${request.url()}: ${reason}`);
  });
  context.on('response', (response) => {
    if (response.status() >= 400) tell(`${response.request().method()} ${response.url()}: ${response.status()}`);
  });
}
