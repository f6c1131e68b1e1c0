import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BlogTest, writePost } from './support/blog-test.js';

describe.each(['sso', 'authkit'] as const)('teams during a session, by %s', (auth) => {
  const teamsOf = async (blog: BlogTest) => {
    const events = (await blog.events()).toSorted((a, b) => a.occurredAt.localeCompare(b.occurredAt));
    return events.map(({ targets }) => targets.flatMap(({ type, name }) => (type === 'team' ? name : [])));
  };

  it('12: are not frozen at login: a webhook changes them at once', async () => {
    const blog = await BlogTest.start({ config: { auth, webhookSecret: 'whsec_local' } });
    blog.workos.addWebhook(`${blog.url}/webhooks/workos`);
    const browser = await blog.signIn('ada@acme.example');
    blog.workos.updatePerson('ada@acme.example', { groups: ['directory_group_security'] });
    expect(await blog.workos.webhookDeliveries()).toMatchObject([{ event: 'dsync.group.user_removed', status: 200 }]);
    expect((await browser.get('/posts')).text).not.toContain('Engineering');
    await writePost(browser);
    blog.workos.removePerson('ada@acme.example');
    await blog.workos.webhookDeliveries();
    await writePost(browser);
    expect(await teamsOf(blog)).toEqual([['Engineering', 'Security'], ['Security'], []]);
  });

  it('believes no webhook that WorkOS has not signed', async () => {
    const blog = await BlogTest.start({ config: { auth, webhookSecret: 'whsec_other' } });
    blog.workos.addWebhook(`${blog.url}/webhooks/workos`);
    const browser = await blog.signIn('ada@acme.example');
    blog.workos.updatePerson('ada@acme.example', { groups: [] });
    expect((await blog.workos.webhookDeliveries()).map(({ status }) => status)).toEqual([400, 400]);
    expect((await browser.get('/posts')).text).toContain('Engineering');
  });

  it('takes no webhooks at all without a secret, not even those that are signed with nothing', async () => {
    const blog = await BlogTest.start({ config: { auth } });
    const body = '{}';
    const at = Date.now();
    const signature = createHmac('sha256', '').update(`${at}.${body}`).digest('hex');
    const headers = { 'content-type': 'application/json', 'workos-signature': `t=${at}, v1=${signature}` };
    const answer = await fetch(`${blog.url}/webhooks/workos`, { method: 'POST', headers, body });
    expect(answer.status).toBe(404);
  });
});
