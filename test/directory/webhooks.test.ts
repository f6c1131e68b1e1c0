import {
  BadRequestException,
  Controller,
  Headers,
  HttpCode,
  Injectable,
  Post,
  type RawBodyRequest,
  Req,
} from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { DirectoryGroupsService, NotAudited } from 'nestjs-workos-audit';
import type { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { createHmac } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { platforms, type Platform, TestApp } from '../support/test-app.js';
import { ada, alan, type Directory, engineering, fromProfile, security, startDirectory } from './support.js';

const secret = 'whsec_local';

@Injectable()
class WorkOSClient {
  readonly webhooks = new WorkOS('sk_test').webhooks;
}

/** As the README has it. */
@Controller('webhooks/workos')
class WebhooksController {
  constructor(
    private readonly workos: WorkOSClient,
    private readonly groups: DirectoryGroupsService,
  ) {}

  @Post()
  @HttpCode(200)
  @NotAudited('it comes from WorkOS')
  async receive(
    @Req() { rawBody }: RawBodyRequest<object>,
    @Headers('workos-signature') sigHeader?: string,
  ): Promise<void> {
    if (!rawBody || !sigHeader) throw new BadRequestException();
    const event = await this.workos.webhooks.constructEvent({ payload: rawBody, sigHeader, secret }).catch(() => {
      throw new BadRequestException('The signature is wrong');
    });
    this.groups.handleWebhook(event);
  }
}

const address = (app: TestApp): string => `${app.url}/webhooks/workos`;

async function start(
  platform: Platform,
  directory: Parameters<typeof startDirectory>[0] = {},
  rawBody = true,
): Promise<Directory> {
  const options = { platform, rawBody, controllers: [WebhooksController], providers: [WorkOSClient] };
  return startDirectory(directory, {}, options);
}

/** Sends webhooks to the application, and waits for what is under way. */
async function after(workos: LocalWorkOS, change: () => unknown): Promise<void> {
  change();
  const deliveries = await workos.webhookDeliveries();
  expect(deliveries.filter(({ status }) => status !== 200)).toEqual([]);
}

/** An event as WorkOS has it on the wire. */
const event = (name: string, data: unknown, createdAt = new Date().toISOString()): never =>
  ({ object: 'event', id: 'event_1', event: name, data, created_at: createdAt }) as never;
const adaInDirectory = {
  id: 'directory_user_ada',
  idp_id: 'idp_ada',
  email: 'ada@acme.example',
  organization_id: 'org_acme',
};
const joins = (group: object, at?: string) =>
  event('dsync.group.user_added', { directory_id: 'directory_acme', user: adaInDirectory, group }, at);
const leaves = (group: object, at?: string) =>
  event('dsync.group.user_removed', { directory_id: 'directory_acme', user: adaInDirectory, group }, at);
/** So many milliseconds from now. */
const at = (ms: number): string => new Date(Date.now() + ms).toISOString();

describe.each(platforms)('webhooks over HTTP, on %s', (platform) => {
  test('keep groups right without asking the directory again', async () => {
    const { groups, workos, app, asked } = await start(platform);
    workos.addWebhook(address(app));
    expect(await groups.groupsOf(ada)).toEqual([engineering, security]);
    await new Promise((resolve) => setTimeout(resolve, 5)); // so that what follows is later, by the clock
    const before = asked().length;
    await after(workos, () => workos.updatePerson('ada@acme.example', { groups: ['group_sec'] }));
    expect(await groups.groupsOf(ada)).toEqual([security]);
    await after(workos, () => workos.updatePerson('ada@acme.example', { groups: ['group_sec', 'group_eng'] }));
    expect(await groups.groupsOf(ada)).toEqual([engineering, security]);
    expect(asked().length).toBe(before);
  });

  test('forget somebody who is deleted, and find somebody who is new', async () => {
    const { groups, workos, app } = await start(platform);
    workos.addWebhook(address(app));
    await groups.groupsOf(ada);
    await after(workos, () => workos.removePerson('ada@acme.example'));
    expect(await groups.groupsOf(ada)).toEqual(fromProfile);
    const again = { email: 'ada@acme.example', idpId: 'idp_ada', groups: ['group_sec'] };
    await after(workos, () => workos.addPerson(again));
    expect(await groups.groupsOf(ada)).toEqual([security]);
  });

  const send = async (app: TestApp, body: string, signature?: string): Promise<number> => {
    const headers = { 'content-type': 'application/json', ...(signature && { 'workos-signature': signature }) };
    return (await fetch(address(app), { method: 'POST', headers, body })).status;
  };
  const sign = (body: string, key = secret, time = Date.now()): string =>
    `t=${time}, v1=${createHmac('sha256', key).update(`${time}.${body}`).digest('hex')}`;

  test('change nothing unless WorkOS has signed just these bytes, lately', async () => {
    const { groups, app } = await start(platform);
    await groups.groupsOf(ada);
    const body = JSON.stringify(leaves(engineering, at(1_000)));
    const spaced = JSON.stringify(JSON.parse(body), null, 1);
    expect(await send(app, body)).toBe(400);
    expect(await send(app, body, 'nonsense')).toBe(400);
    expect(await send(app, body, 't=1')).toBe(400);
    expect(await send(app, body, `t=${Date.now()}, v1=`)).toBe(400);
    expect(await send(app, body, sign(body, 'whsec_other'))).toBe(400);
    expect(await send(app, body, sign(body, ''))).toBe(400);
    expect(await send(app, body, sign(body, secret, Date.now() - 600_000))).toBe(400);
    expect(await send(app, spaced, sign(body))).toBe(400);
    expect(await send(app, body.replace('_ada', '_eve'), sign(body))).toBe(400);
    expect(await groups.groupsOf(ada)).toEqual([engineering, security]);
    expect(await send(app, body, sign(body))).toBe(200);
    expect(await groups.groupsOf(ada)).toEqual([security]);
    expect(await send(app, spaced, sign(spaced))).toBe(200);
  });

  test('are all refused where the application does not keep raw bodies', async () => {
    const { app } = await start(platform, {}, false);
    const body = JSON.stringify(leaves(engineering));
    expect(await send(app, body, sign(body))).toBe(400);
  });
});

describe('handleWebhook', () => {
  test('believes what is newer than the lookup, and asks the directory about anything else', async () => {
    const { groups, asked } = await startDirectory();
    await groups.groupsOf(ada);
    const lookups = (): number => groups.stats().lookups;
    expect(groups.handleWebhook(leaves(engineering, at(1_000)))).toBe(true);
    expect(await groups.groupsOf(ada)).toEqual([security]);
    expect(lookups()).toBe(1);
    // Late: she joined before she left. The directory has the last word.
    groups.handleWebhook(joins(engineering, at(500)));
    expect(await groups.groupsOf(ada)).toEqual([engineering, security]);
    expect(lookups()).toBe(2);
    for (const stale of [leaves(security, at(-86_400_000)), leaves(security, 'yesterday'), leaves(security, '')]) {
      groups.handleWebhook(stale);
      expect(await groups.groupsOf(ada)).toEqual([engineering, security]);
    }
    expect(lookups()).toBe(5);
    // Twice the same.
    const twice = leaves(security, at(2_000));
    groups.handleWebhook(twice);
    groups.handleWebhook(twice);
    await groups.groupsOf(ada);
    expect(asked().filter((path) => path === '/directories')).toHaveLength(1);
  });

  test('serves what it knows while the directory cannot be asked', async () => {
    const { groups, workos } = await startDirectory({ failureTtlMs: 1 });
    await groups.groupsOf(ada);
    await workos.stop();
    groups.handleWebhook(leaves(engineering, at(1_000)));
    expect(await groups.groupsOf(ada)).toEqual([security]);
    groups.handleWebhook(event('dsync.user.updated', { ...adaInDirectory, first_name: 'Augusta' }));
    expect(await groups.groupsOf(ada)).toEqual([security]);
  });

  test('does not serve what it knew of somebody who is deleted', async () => {
    const { groups, workos } = await startDirectory();
    await groups.groupsOf(ada);
    await workos.stop();
    groups.handleWebhook(event('dsync.user.deleted', adaInDirectory));
    expect(await groups.groupsOf(ada)).toEqual(fromProfile);
  });

  test('renames and removes groups of everybody in them', async () => {
    const { groups } = await startDirectory();
    await Promise.all([groups.groupsOf(ada), groups.groupsOf(alan)]);
    groups.handleWebhook(event('dsync.group.updated', { ...engineering, name: 'Research' }, at(1_000)));
    expect(await groups.groupsOf(ada)).toEqual([{ id: 'group_eng', name: 'Research' }, security]);
    expect(await groups.groupsOf(alan)).toEqual([{ id: 'group_eng', name: 'Research' }]);
    groups.handleWebhook(event('dsync.group.deleted', engineering, at(2_000)));
    expect(await groups.groupsOf(ada)).toEqual([security]);
    expect(await groups.groupsOf(alan)).toEqual([]);
    expect(groups.stats().lookups).toBe(2);
  });

  test('knows somebody by each way in which they sign in', async () => {
    const { groups } = await startDirectory();
    const byEmail = { organizationId: 'org_acme', email: 'ADA@acme.example' };
    await Promise.all([groups.groupsOf(ada), groups.groupsOf(byEmail), groups.groupsOf(alan)]);
    groups.handleWebhook(leaves(engineering, at(1_000)));
    expect(await groups.groupsOf(ada)).toEqual([security]);
    expect(await groups.groupsOf(byEmail)).toEqual([security]);
    expect(await groups.groupsOf(alan)).toEqual([engineering]);
  });

  test('is not fooled by a namesake in another organization', async () => {
    const { groups } = await startDirectory();
    await groups.groupsOf(ada);
    const other = { ...adaInDirectory, id: 'directory_user_other', organization_id: 'org_other' };
    groups.handleWebhook(event('dsync.group.user_removed', { user: other, group: engineering }, at(1_000)));
    groups.handleWebhook(event('dsync.user.deleted', other));
    expect(await groups.groupsOf(ada)).toEqual([engineering, security]);
    expect(groups.stats()).toMatchObject({ lookups: 1, remembered: 1 });
  });

  test('does not remember what a lookup found that was under way', async () => {
    const { groups, workos } = await startDirectory();
    const undo = workos.fail({ path: '/directory_groups', delayMs: 300 });
    const asked = groups.groupsOf(ada);
    await vi.waitFor(() => expect(workos.requests.some(({ path }) => path === '/directory_groups')).toBe(true));
    groups.handleWebhook(leaves(engineering, at(1_000)));
    undo();
    await asked;
    expect(groups.stats().remembered).toBe(0);
    workos.updatePerson('ada@acme.example', { groups: ['group_sec'] });
    expect(await groups.groupsOf(ada)).toEqual([security]);
  });

  test('looks for directories again when one is connected', async () => {
    const { groups, workos } = await startDirectory();
    const bob = { organizationId: 'org_bare', email: 'bob@bare.example' };
    expect(await groups.groupsOf(bob)).toEqual([]);
    workos.addDirectory({ id: 'directory_bare', organizationId: 'org_bare', name: 'New' });
    workos.addGroup({ id: 'group_bare', directoryId: 'directory_bare', name: 'Bare' });
    workos.addPerson({ email: 'bob@bare.example', organizationId: 'org_bare', groups: ['group_bare'] });
    expect(await groups.groupsOf(bob)).toEqual([]);
    expect(groups.handleWebhook(event('dsync.activated', { id: 'directory_bare', organization_id: 'org_bare' }))).toBe(
      true,
    );
    expect(await groups.groupsOf(bob)).toEqual([{ id: 'group_bare', name: 'Bare' }]);
  });

  const unreadable = new Proxy(
    {},
    {
      get: () => {
        throw new Error('not today');
      },
    },
  );
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'dsync.group.user_added'],
    ['no fields', {}],
    ['a proxy that throws', unreadable],
    ['another event', event('user.created', adaInDirectory)],
    ['no data', event('dsync.group.user_added', undefined)],
    ['data that is a list', event('dsync.group.user_added', [adaInDirectory])],
    ['data that throws', event('dsync.user.deleted', unreadable)],
    ['a user without an id', event('dsync.group.user_added', { user: {}, group: engineering })],
    ['a group without an id', event('dsync.group.user_removed', { user: adaInDirectory, group: { name: 'x' } })],
    ['a directory without an organization', event('dsync.deleted', { id: 'directory_acme' })],
  ])('leaves %s alone', async (_name, rubbish) => {
    const { groups } = await startDirectory();
    await groups.groupsOf(ada);
    expect(groups.handleWebhook(rubbish as never)).toBe(false);
    expect(await groups.groupsOf(ada)).toEqual([engineering, security]);
    expect(groups.stats()).toMatchObject({ lookups: 1, remembered: 1 });
  });
});
