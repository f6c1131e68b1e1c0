import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished, describe, expect, it } from 'vitest';
import { OpenApi } from './openapi.js';
import { sdk, start } from './support.js';

const seed = {
  organizations: [{ id: 'org_1', name: 'Acme' }],
  directories: [{ id: 'directory_1', name: 'Acme directory' }],
  groups: [
    { id: 'group_eng', name: 'Engineering' },
    { id: 'group_sec', name: 'Security' },
  ],
  people: [{ email: 'ada@acme.example', firstName: 'Ada', directoryUserId: 'user_ada', groups: ['group_eng'] }],
};

/** A receiver that answers 200, or what it is told. */
async function receiver(status = 200): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
}

describe('webhooks', () => {
  it('tell what changes in a directory, in order, as the OpenAPI document has them', async () => {
    const workos = await start({ seed });
    workos.addWebhook(await receiver());
    workos.addGroup({ id: 'group_new', name: 'New' });
    workos.updatePerson('ada@acme.example', { groups: ['group_sec'], lastName: 'Lovelace' });
    workos.addPerson({ email: 'no@directory.example' });
    workos.updatePerson('no@directory.example', { firstName: 'No' });
    workos.addPerson({ email: 'alan@acme.example', groups: ['group_eng'] });
    workos.updatePerson('alan@acme.example', { directoryUserId: 'user_again' });
    workos.removePerson('ada@acme.example');
    const deliveries = await workos.webhookDeliveries();
    expect(deliveries.map(({ event, status }) => [event, status])).toEqual([
      ['dsync.group.created', 200],
      ['dsync.user.updated', 200],
      ['dsync.group.user_added', 200],
      ['dsync.group.user_removed', 200],
      ['dsync.user.created', 200],
      ['dsync.group.user_added', 200],
      ['dsync.user.deleted', 200],
      ['dsync.user.created', 200],
      ['dsync.group.user_added', 200],
      ['dsync.user.deleted', 200],
    ]);
    const openApi = new OpenApi();
    for (const { body } of deliveries) {
      expect(openApi.componentErrors('EventSchema', JSON.parse(body))).toBeUndefined();
    }
    expect(openApi.componentErrors('EventSchema', { event: 'dsync.user.created' })).toBeDefined();
    expect(JSON.parse(deliveries[1]?.body ?? '')).toMatchObject({
      data: { last_name: 'Lovelace', previous_attributes: { last_name: null } },
    });
  });

  it('are signed so that the SDK takes them, and no other secret does', async () => {
    const workos = await start({ seed, webhookSecret: 'whsec_of_a_test' });
    workos.addWebhook(await receiver());
    workos.updatePerson('ada@acme.example', { groups: [] });
    const [delivery] = await workos.webhookDeliveries();
    const { body: payload = '', signature: sigHeader = '' } = delivery ?? {};
    const { webhooks } = sdk(workos);
    const event = await webhooks.constructEvent({ payload, sigHeader, secret: workos.webhookSecret });
    expect(event).toMatchObject({
      event: 'dsync.group.user_removed',
      data: { directoryId: 'directory_1', user: { id: 'user_ada' }, group: { id: 'group_eng', name: 'Engineering' } },
    });
    await expect(webhooks.constructEvent({ payload, sigHeader, secret: 'whsec_other' })).rejects.toThrow('Signature');
    await expect(
      webhooks.constructEvent({
        payload: payload.replace('user_ada', 'user_eve'),
        sigHeader,
        secret: 'whsec_of_a_test',
      }),
    ).rejects.toThrow('Signature');
  });

  it('go to nobody unless somebody asks, and no more after that', async () => {
    const workos = await start({ seed });
    const stop = workos.addWebhook(await receiver());
    stop();
    workos.updatePerson('ada@acme.example', { groups: [] });
    expect(await workos.webhookDeliveries()).toEqual([]);
    expect(await workos.sendWebhook('dsync.deleted', {})).toEqual([]);
  });

  it('do not mind a receiver that refuses or is not there', async () => {
    const workos = await start({ seed });
    workos.addWebhook(await receiver(500));
    workos.addWebhook('http://127.0.0.1:1/');
    const answers = await workos.sendWebhook('dsync.deleted', { id: 'directory_1' });
    expect(answers).toMatchObject([{ status: 500 }, { error: expect.stringContaining('failed') as string }]);
  });

  it.each(['https://example.com/hooks', 'http://127.0.0.1.evil.example/', 'file:///etc/passwd', 'nonsense'])(
    'are not sent to %s',
    async (url) => {
      const workos = await start();
      expect(() => workos.addWebhook(url)).toThrow('LocalWorkOS sends webhooks to this machine only');
    },
  );
});
