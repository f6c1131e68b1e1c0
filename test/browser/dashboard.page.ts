import type { LocalWorkOS } from 'nestjs-workos-audit/testing';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

export const WAIT = { timeout: 20_000 };

export const actions = (page: Page): Promise<string[]> => page.locator('#rows .what strong').allTextContents();

export async function shows(page: Page, expected: string[]): Promise<void> {
  await expect.poll(() => actions(page), WAIT).toEqual(expected);
}

export async function isLive(page: Page): Promise<void> {
  await expect.poll(() => page.textContent('#state'), WAIT).toBe('Live');
}

export async function visit(page: Page, workos: LocalWorkOS, path = '/'): Promise<Page> {
  await page.goto(workos.url + path);
  await isLive(page);
  return page;
}
