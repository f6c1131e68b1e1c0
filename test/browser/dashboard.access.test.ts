import { expect, it } from 'vitest';
import { post, start, wireEvent } from '../local-workos/support.js';
import { describeInBrowser, shoot } from './browser.js';
import { paleTexts } from './contrast.js';
import { shows, visit } from './dashboard.page.js';

describeInBrowser('the dashboard for everybody', (open) => {
  it('lets nothing of an event run', async () => {
    const workos = await start({ schemas: 'open' });
    const attack = `"'><script>globalThis.bad = 1</script><img src=x onerror="globalThis.bad = 1">`;
    const page = await visit(await open(), workos, `/?q=${encodeURIComponent('globalThis')}`);
    const entity = { id: attack, type: attack, name: attack, metadata: {} };
    await post(workos, wireEvent({ action: attack, actor: entity, targets: [entity], context: { location: attack } }));

    await shows(page, [attack]);
    await page.locator('#counts a').click();
    await shows(page, [attack]);
    expect(await page.evaluate('globalThis.bad')).toBeUndefined();
  });

  it.each(['light', 'dark'] as const)('can be read: %s', async (colorScheme) => {
    const workos = await start({ outbox: () => ({ pending: 1, buried: 2, delivered: 3, retried: 4, oldestAgeMs: 5 }) });
    workos.defineSchema('post.create', { targets: ['post'], metadata: { title: 'string' } });
    await post(workos, wireEvent({ metadata: { title: 'Hello' } }));
    await post(workos, wireEvent({ action: 'un.known' }));
    workos.fail({ status: 503 });
    const page = await open({ colorScheme });
    const paths = [
      '/?action=post.create&from=rubbish',
      '/?q=none',
      `/_local/events/${workos.events[0]?.id}`,
      '/_local/refused',
      '/_local/schemas',
    ];

    for (const path of paths) {
      await visit(page, workos, path);
      await page.evaluate(`for (const one of document.querySelectorAll('#rows details')) one.open = true`);
      expect([path, await paleTexts(page)]).toEqual([path, []]);
      await shoot(page, `dashboard-${colorScheme}-${paths.indexOf(path)}`);
    }
  });

  it('fits a narrow screen, and is used by keyboard', async () => {
    const workos = await start({
      schemas: 'open',
      outbox: () => ({ pending: 1, buried: 2, delivered: 3, retried: 4 }),
    });
    await post(workos, wireEvent({ action: `a.${'very-'.repeat(30)}long`, context: { location: 'x'.repeat(200) } }));
    await post(workos, {});
    const page = await open({ viewport: { width: 320, height: 640 }, reducedMotion: 'reduce' });
    const paths = ['/', `/_local/events/${workos.events[0]?.id}`, '/_local/refused', '/_local/schemas'];

    for (const path of paths) {
      await visit(page, workos, path);
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 320]);
    }
    await visit(page, workos);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).hash).toBe('#main');
    expect(await page.evaluate(`getComputedStyle(document.querySelector('#rows li')).animationName`)).toBe('none');
  });
});
