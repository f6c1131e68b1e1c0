import { describe, expect, it } from 'vitest';
import type { LocalWorkOS } from '../../../src/testing/index.js';
import { post, send, start, wireEvent } from '../support.js';
import { ATTACK, page } from './support.js';

/** Where a link to the Admin Portal leads. */
async function portalPath(workos: LocalWorkOS, organization: string): Promise<string> {
  const { json } = await send(workos, 'POST', '/portal/generate_link', { organization, intent: 'audit_logs' });
  const link = new URL((json as { link: string }).link);
  const { headers } = await page(workos, link.pathname + link.search);
  return headers.get('location') ?? '';
}

describe('every page', () => {
  it('lets nothing of an event become HTML', async () => {
    const workos = await start({ schemas: 'open', appUrl: 'http://localhost:3000' });
    const attacked = wireEvent({
      action: ATTACK,
      actor: { id: ATTACK, type: ATTACK, name: ATTACK },
      targets: [{ id: ATTACK, type: ATTACK, name: ATTACK, metadata: { k: ATTACK } }],
      context: { location: ATTACK, user_agent: ATTACK },
      metadata: { k: ATTACK },
    });
    workos.addOrganization({ id: 'org_attack', name: ATTACK });
    workos.defineSchema(ATTACK, { targets: [ATTACK], metadata: { k: 'string' } });
    await send(workos, 'POST', '/audit_logs/events', { organization_id: 'org_attack', event: attacked });
    await post(workos, wireEvent({ action: { [ATTACK]: ATTACK } }), {
      'idempotency-key': ATTACK.replaceAll(/[^ -~]/g, ''),
    });
    await send(workos, 'GET', `/${encodeURIComponent(ATTACK)}?${ATTACK}`);
    const q = encodeURIComponent(ATTACK);

    const paths = [
      '/',
      `/?q=${q}&actor=${q}&target=${q}&action=${q}&from=${q}&to=${q}`,
      `/_local/events/${workos.events[0]?.id}`,
      '/_local/refused',
      `/_local/refused?q=${q}`,
      '/_local/schemas',
      await portalPath(workos, 'org_attack'),
    ];
    for (const path of paths) {
      const { text } = await page(workos, path);
      expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
      expect(text).not.toMatch(/<script>alert|<img/);
      // Each attribute is still inside its quotes.
      expect(text).not.toMatch(/=""'/);
    }
  });

  it.each(['/', '/_local/refused', '/_local/schemas', '/_local/events/none', '/_local/refused/none'])(
    'loads only what is its own: %s',
    async (path) => {
      const workos = await start();

      const [one, two] = [await page(workos, path), await page(workos, path)];
      const policy = one.headers.get('content-security-policy') ?? '';
      const [, nonce = ''] = /script-src 'nonce-([^']+)'/.exec(policy) ?? [];

      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(nonce.length).toBeGreaterThanOrEqual(16);
      expect(two.text).not.toContain(nonce);
      // No script, style or handler stands in the page itself.
      for (const [tag] of one.text.matchAll(/<(?:script|style|link)\b[^>]*>/g)) {
        expect(tag).toMatch(/(?:src|href)="(?:\/_local\/assets\/[\w.]+" nonce="|data:,")/);
      }
      expect(one.text).not.toMatch(/<style|style="| on\w+="/);
      expect(one.headers.get('x-content-type-options')).toBe('nosniff');
      // Browsers would send `Origin: null` with the page's own forms under `no-referrer`.
      expect(one.headers.get('referrer-policy')).toBe('same-origin');
      expect(one.headers.get('cache-control')).toBe('no-store');
    },
  );

  it.each(['/', '/_local/refused', '/_local/schemas'])(
    'is accessible: a language, a title, one main, one heading, labelled controls: %s',
    async (path) => {
      const { text } = await page(await start(), path);

      expect(text).toMatch(/^<!doctype html>\n<html lang="en">/);
      expect(text).toMatch(/<title>[^<]+ - LocalWorkOS<\/title>/);
      expect(text.match(/<main/g)).toHaveLength(1);
      expect(text.match(/<h1/g)).toHaveLength(1);
      expect(text).toContain('aria-current="page"');
      expect(text).toContain('class="skip" href="#main"');
      expect(text).toMatch(/id="state" role="status"/);
      // Every input and select stands in a label, but the hidden ones.
      const outside = text.replaceAll(/<label[^>]*>.*?<\/label>/gs, '');
      expect(outside).not.toMatch(/<select|<input(?! type="hidden")/);
    },
  );

  it('has its files, and those of uPlot', async () => {
    const workos = await start();
    const types: Record<string, string> = {
      'dashboard.css': 'text/css; charset=utf-8',
      'dashboard.js': 'text/javascript; charset=utf-8',
      'uplot.css': 'text/css; charset=utf-8',
      'uplot.js': 'text/javascript; charset=utf-8',
    };
    for (const [file, type] of Object.entries(types)) {
      const { status, headers } = await page(workos, `/_local/assets/${file}`);
      expect([file, status, headers.get('content-type')]).toEqual([file, 200, type]);
    }
  });
});
