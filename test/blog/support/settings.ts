import type { BlogTest } from './blog-test.js';
import type { Browser } from './browser.js';

/** Somebody on the settings page. */
export async function openSettings(blog: BlogTest, email = 'ada@acme.example'): Promise<Browser> {
  const browser = await blog.signIn(email);
  await browser.get('/settings');
  return browser;
}

/** The form's fields for today. */
export function today(): { from: string; to: string } {
  const day = new Date().toISOString().slice(0, 10);
  return { from: day, to: day };
}

/** So many days from now, as the form writes it. */
export function dayIn(days: number): string {
  return new Date(Date.now() + days * 24 * 60 * 60 * 1_000).toISOString().slice(0, 10);
}
