import { Controller, Post } from '@nestjs/common';
import {
  Audited,
  type AuditModuleOptions,
  defineAuditEvents,
  optional,
  type RecordInput,
  schemasOf,
  target,
} from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { startLocalWorkOS, TestApp } from './support/test-app.js';

const events = defineAuditEvents({
  'post.delete': {
    targets: [target('post', { views: 'number' }), 'user', optional('team')],
    metadata: { title: 'string', size: 'number', draft: 'boolean' },
    actor: { metadata: { role: 'string' } },
  },
  'post.free': { targets: ['user'] },
});

/** An application on a strict LocalWorkOS that has the schemas of the catalogue, and the lock that says so. */
async function start(audit: Partial<AuditModuleOptions> = {}): Promise<TestApp> {
  const workos = await startLocalWorkOS({ schemas: 'strict', unknownMetadataKeys: 'refuse' });
  const actions = Object.fromEntries(
    [...events.actions.values()].map((action) => [
      action.action,
      schemasOf(action).map(({ targets, metadata, actor }) => ({
        version: workos.defineSchema(action.action, { targets: [...targets], metadata, actor }),
        targets: targets.map(({ type }) => type),
      })),
    ]),
  );
  return TestApp.start({ workos, audit: { events, schemaLock: { lockfileVersion: 1, actions }, ...audit } });
}

const by = { actor: { id: 'a' }, organizationId: 'org_local' };

async function record(app: TestApp, action: string, input: RecordInput): Promise<TestApp['workos']['events'][number]> {
  await app.audit.record(action, { ...by, ...input });
  const event = (await app.events(app.workos.events.length + 1)).at(-1);
  if (!event) throw new Error('no event');
  return event;
}

describe('an event and its schema', () => {
  test('what can be repaired with certainty is, without a word', async () => {
    const app = await start();
    const event = await record(app, 'post.delete', {
      ...by,
      actor: { id: 'a', metadata: { role: 7 } },
      targets: { post: { id: 'p1', metadata: { views: '12' } } },
      metadata: { title: 2026, size: ' 1.5 ', draft: 'false' },
    });
    expect(event.metadata).toEqual({ title: '2026', size: 1.5, draft: false });
    expect(event.actor.metadata).toEqual({ role: '7' });
    expect(event.targets.find(({ type }) => type === 'post')?.metadata).toEqual({ views: 12 });
    expect(await app.audit.stats()).toMatchObject({ degraded: 0, delivered: 1 });
  });

  test('what cannot is left out, and the event is degraded with the reason', async () => {
    const app = await start();
    const event = await record(app, 'post.delete', {
      targets: { post: { id: 'p1', metadata: { views: 'many' } } },
      metadata: { title: true, size: 'big', draft: 'maybe', empty: '', more: 1 },
    });
    expect(event.metadata).toEqual({ title: 'true' });
    const [line] = app.logs.find('warn', 'is degraded');
    for (const said of [
      'metadata "size" is "big", which is no number, and was left out',
      'metadata "draft" is "maybe", which is no boolean',
      `metadata of target 'post' "views" is "many", which is no number`,
      'metadata "more" is not declared in the catalogue and was left out',
    ]) {
      expect(line).toContain(said);
    }
    expect(await app.audit.stats()).toMatchObject({ degraded: 1, delivered: 1, buried: 0 });
  });

  test('a redacted value is no text for a number, and no fault', async () => {
    const app = await start({ redact: ['size', 'title'] });
    const event = await record(app, 'post.delete', { targets: { post: 'p1' }, metadata: { size: 3, title: 'x' } });
    expect(event.metadata).toEqual({ title: '[redacted]' });
    expect((await app.audit.stats()).degraded).toBe(0);
  });

  test('undeclared metadata is kept where the application says so, and where the action declares none', async () => {
    const app = await start();
    expect((await record(app, 'post.free', { metadata: { any: 1 } })).metadata).toEqual({ any: 1 });
    const workos = await startLocalWorkOS();
    const keeping = await TestApp.start({ workos, audit: { events, undeclaredMetadata: 'keep' } });
    expect((await record(keeping, 'post.delete', { targets: { post: 'p' }, metadata: { more: 1 } })).metadata).toEqual({
      more: 1,
    });
  });

  test('the version is that of the schema with just these target types; a missing one is said', async () => {
    const app = await start();
    const targets = { post: 'p1' };
    expect((await record(app, 'post.delete', { targets, groups: [{ id: 'g' }] })).version).toBe(1);
    expect((await record(app, 'post.delete', { targets })).version).toBe(2);
    const lock = {
      lockfileVersion: 1,
      actions: { 'post.delete': [{ version: 1, targets: ['post', 'user', 'team'] }] },
    };
    const half = await TestApp.start({ audit: { events, schemaLock: lock } });
    await half.audit.record('post.delete', { ...by, targets });
    await half.events(1);
    expect(
      half.logs.find('warn', 'the schema lock has no version of the action with the target types user, post'),
    ).toHaveLength(1);
  });
});

describe('at boot', () => {
  test('a lock that is not in step with the catalogue is reported, with the command to run', async () => {
    const none = await TestApp.start({ audit: { events } });
    expect(none.logs.find('warn', 'there is no `schemaLock`')[0]).toContain(
      'npx workos-audit schemas push --events ./audit-events.ts',
    );
    const actions = { 'post.delete': [{ version: 1, targets: ['post', 'user', 'team'] }] };
    const stale = await TestApp.start({ audit: { events, schemaLock: { lockfileVersion: 1, actions } } });
    const [line] = stale.logs.find('warn', 'The catalogue and its schemas');
    expect(line).toContain(`'post.delete': the schema lock has no version with the target types post, user`);
    expect(line).toContain(`'post.free' is not in the schema lock`);
    expect(line).toContain('run: npx workos-audit schemas push --events ./audit-events.ts');
    const inStep = await start();
    expect(inStep.logs.find('warn', 'The catalogue and its schemas')).toHaveLength(0);
  });

  test('every fault of every handler is told at once, with its place and the fix', async () => {
    @Controller()
    class FaultyController {
      @Post('a')
      @Audited('post.delete')
      missingTarget(): void {}

      @Post('b')
      @Audited('post.delete', { targets: { post: 'p' }, metadata: { titel: 'x' } })
      @Audited('post.gone')
      two(): void {}
    }
    const thrown: unknown = await TestApp.start({ controllers: [FaultyController], audit: { events } }).catch(
      (error: unknown) => error,
    );
    expect((thrown as Error).message.split('\n  - ').slice(1)).toEqual([
      `FaultyController.missingTarget, 'post.delete': the target 'post' is missing; give it in \`targets\`, such as { post: ({ params }) => params.id }`,
      `FaultyController.two, 'post.delete': the action has no metadata 'titel'; it has title, size, draft`,
      `FaultyController.two, 'post.gone': the action is not in the catalogue; add it to defineAuditEvents(), or correct the name`,
    ]);
  });
});

test(
  '10,000 random events of a catalogue of 200 actions are all accepted by a strict WorkOS',
  { timeout: 60_000 },
  async () => {
    let seed = 7;
    const random = (n: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * n);
    };
    const kinds = ['string', 'number', 'boolean'] as const;
    const schema = (): Record<string, (typeof kinds)[number]> =>
      Object.fromEntries(Array.from({ length: random(4) }, (_, i) => [`k${i}`, kinds[random(3)] ?? 'string']));
    const many = defineAuditEvents(
      Object.fromEntries(
        Array.from({ length: 200 }, (_, i) => [
          `area${i % 20}.verb${i}`,
          {
            targets: [
              'user',
              ...Array.from({ length: random(3) }, (_each, n) => target(`needed${n}`, schema())),
              ...(random(2) ? [optional('team')] : []),
              ...Array.from({ length: random(3) }, (_each, n) => optional(`extra${n}`, schema())),
            ],
            ...(random(2) ? { metadata: schema() } : {}),
            ...(random(2) ? { actor: { metadata: schema() } } : {}),
          },
        ]),
      ),
    );
    const workos = await startLocalWorkOS({ schemas: 'strict', unknownMetadataKeys: 'refuse' });
    const versions = Object.fromEntries(
      [...many.actions.values()].map((action) => [
        action.action,
        schemasOf(action).map(({ targets, metadata, actor }) => ({
          version: workos.defineSchema(action.action, { targets: [...targets], metadata, actor }),
          targets: targets.map(({ type }) => type),
        })),
      ]),
    );
    const app = await TestApp.start({
      workos,
      audit: {
        events: many,
        schemaLock: { lockfileVersion: 1, actions: versions },
        delivery: { ratePerSecond: 1e6, concurrency: 32 },
      },
    });
    const value = (): unknown =>
      [random(100), `text ${random(100)}`, random(2) === 0, '12', 'true', null, new Date(), { a: 1 }, [1]][random(9)];
    const metadata = (): Record<string, unknown> =>
      Object.fromEntries(Array.from({ length: random(5) }, (_, i) => [`k${i}`, value()]));
    const actions = [...many.actions.values()];
    for (let i = 0; i < 10_000; i += 1) {
      const action = actions[random(actions.length)];
      const types = ['needed0', 'needed1', 'extra0', 'extra1', 'nonsense'].filter(() => random(2));
      const targets = Object.fromEntries(
        types.map((type) => [type, random(2) ? `id${i}` : { id: `id${i}`, metadata: metadata() }]),
      );
      await app.audit.record(action?.action ?? '', {
        actor: { id: `actor${i}`, metadata: metadata() },
        groups: random(2) ? [{ id: 'g1' }, { id: 'g2' }] : [],
        organizationId: 'org_local',
        targets,
        metadata: metadata(),
      });
      // A memory outbox holds 10,000 at the most; let it be emptied now and then.
      if (i % 2_000 === 1_999) await app.audit.flush({ timeoutMs: 20_000 });
    }
    await app.audit.flush({ timeoutMs: 20_000 });
    expect(workos.refused).toEqual([]);
    expect(await app.audit.stats()).toMatchObject({ recorded: 10_000, delivered: 10_000, buried: 0, dropped: 0 });
  },
);
