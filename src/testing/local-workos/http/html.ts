import { randomBytes } from 'node:crypto';
import type { LocalResponse } from './local-request.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text made safe for HTML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** HTML that is safe to put into a page. Only {@link markup} makes it. */
export class Html {
  constructor(private readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Part = Html | string | number | readonly Html[];

/**
 * A template whose values are escaped, unless they are {@link Html} themselves. (Not called `html`, because formatters
 * take that for theirs and put white space and semicolons into it.)
 *
 * @example markup`<b>${'<script>'}</b>`.toString() // '<b>&lt;script&gt;</b>'
 */
export function markup(strings: TemplateStringsArray, ...parts: Part[]): Html {
  const show = (part: Part): string => {
    if (part instanceof Html) return part.toString();
    return typeof part === 'object' ? part.join('') : escapeHtml(String(part));
  };
  return new Html(strings.reduce((text, string, index) => text + show(parts[index - 1] ?? '') + string));
}

/** A page before it is sent: the nonce goes on its `<style>` and `<script>` elements. */
export type Page = (nonce: string) => Html;

/** Sends a page that can load nothing, send nothing elsewhere, and run no script but its own. */
export function sendPage(response: LocalResponse, page: Page, status = 200): void {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    `connect-src 'self'`,
    `img-src 'self' data:`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ];
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy.join('; '),
    // Not `no-referrer`: browsers then send `Origin: null` along with the forms of the page itself.
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
    'X-Frame-Options': 'DENY',
  });
  response.end(`<!doctype html>\n${page(nonce).toString()}`);
}
