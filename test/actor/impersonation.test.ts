import { Controller, Post } from '@nestjs/common';
import { Audited, defineAuditEvents, impersonatorMetadata, syncSchemas } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { startLocalWorkOS, TestApp } from '../support/test-app.js';

@Controller()
class PostsController {
  @Post('free')
  @Audited('post.free')
  free(): string {
    return 'ok';
  }

  @Post('strict')
  @Audited('post.strict')
  strict(): string {
    return 'ok';
  }
}

const definitions = {
  'post.free': { targets: ['user'] },
  'post.strict': { targets: ['user'], actor: { metadata: { role: 'string' } } },
} as const;

const session = {
  authenticated: true,
  sessionId: 'session_01',
  organizationId: 'org_local',
  user: { object: 'user', id: 'user_ada', email: 'ada@acme.example', firstName: 'Ada', lastName: 'Lovelace' },
  impersonator: { email: 'eve@support.example', reason: 'ticket 7' },
};

/** On a WorkOS that refuses metadata which no schema lists. */
async function start(actorMetadata?: typeof impersonatorMetadata): Promise<TestApp> {
  const events = defineAuditEvents(definitions, { actorMetadata });
  const workos = await startLocalWorkOS({ schemas: 'strict', unknownMetadataKeys: 'refuse' });
  const schemaLock = await syncSchemas({ apiKey: workos.apiKey, ...workos.clientOptions }, events);
  return TestApp.start({ workos, controllers: [PostsController], audit: { events, schemaLock } });
}

describe('an impersonated session', () => {
  test('shows both: the user as the actor, who impersonates in their metadata', async () => {
    const app = await start(impersonatorMetadata);
    for (const path of ['/free', '/strict']) expect((await app.request(path, { user: session })).status).toBe(201);
    const impersonated = { impersonator_email: 'eve@support.example', impersonator_reason: 'ticket 7' };
    const actor = { type: 'user', id: 'user_ada', name: 'Ada Lovelace', metadata: impersonated };
    expect((await app.events(2)).map((event) => event.actor)).toEqual([actor, actor]);
    expect(await app.audit.stats()).toMatchObject({ delivered: 2, degraded: 0, buried: 0 });
    expect(app.workos.refused).toEqual([]);
  });

  test('is recorded without a word of impersonation when nobody impersonates', async () => {
    const app = await start(impersonatorMetadata);
    await app.request('/free', { user: { ...session, impersonator: undefined } });
    expect((await app.events(1))[0]?.actor.metadata).toEqual({});
  });

  test('that no schema provides for is not passed over in silence', async () => {
    const app = await start();
    for (const path of ['/free', '/strict']) expect((await app.request(path, { user: session })).status).toBe(201);
    // Where the catalogue declares other metadata, these are left out, with a warning.
    expect((await app.events(1))[0]).toMatchObject({ action: 'post.strict', actor: { metadata: {} } });
    const [line] = app.logs.find('warn', 'is degraded');
    expect(line).toContain('metadata of the actor "impersonator_email" is not declared in the catalogue');
    // Where it declares none, they are sent, and a WorkOS that refuses what it does not know refuses the event.
    expect(await app.audit.stats()).toMatchObject({ degraded: 1, buried: 1 });
    expect(app.logs.find('error', 'post.free')).toHaveLength(1);
  });

  test('an action may have actor metadata of its own beside', async () => {
    const { actions } = defineAuditEvents(definitions, { actorMetadata: impersonatorMetadata });
    expect(actions.get('post.strict')?.actor).toEqual({ metadata: { ...impersonatorMetadata, role: 'string' } });
    expect(defineAuditEvents(definitions).actions.get('post.free')?.actor).toBeUndefined();
    const wrong = { 'not a key': 'string' } as const;
    expect(() => defineAuditEvents(definitions, { actorMetadata: wrong })).toThrow(
      "actorMetadata: the key 'not a key' must be 1 to 40 of [a-zA-Z0-9_-]",
    );
  });
});
