import type { AuditExportProgress } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { failure, paths, start } from './support.js';

describe('wait', () => {
  test('asks until the export is ready, and tells how it goes', async () => {
    const { exports, create, workos } = await start();
    workos.setExports({ delayMs: 1_000 });
    const { id } = await create();
    const told: AuditExportProgress[] = [];

    const ready = await exports.wait(id, { onProgress: (progress) => told.push(progress) });

    expect(ready.state).toBe('ready');
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBe(paths(workos, `/audit_logs/exports/${id}`).length - 1);
    expect(told[0]).toEqual({ state: 'pending', polls: 1, waitedMs: expect.any(Number) as number });
  });

  test.each([
    ['error', 'export_failed'],
    ['expired', 'export_expired'],
  ] as const)('ends with an export in state %s, and says what to do', async (outcome, code) => {
    const { exports, create, workos } = await start();
    const { id } = await create();
    workos.setExports({ outcome });

    const thrown = await failure(exports.wait(id));

    expect(thrown.code).toBe(code);
    expect(thrown.message).toContain('Ask for a new one with create()');
  });

  test('goes on when WorkOS fails for a while', async () => {
    const { exports, create, workos } = await start();
    const { id } = await create();
    workos.fail({ path: `/audit_logs/exports/${id}`, status: 503, times: 1 });
    workos.fail({ path: `/audit_logs/exports/${id}`, reset: 'before', times: 1 });
    workos.fail({ path: `/audit_logs/exports/${id}`, status: 429, retryAfter: 0, times: 1 });
    const errors: (string | undefined)[] = [];

    expect(await exports.wait(id, { onProgress: ({ error }) => errors.push(error) })).toMatchObject({ state: 'ready' });

    expect(errors).toEqual(['Service Unavailable', expect.any(String), 'Too many requests.']);
  });

  test('ends at once where asking again is no use', async () => {
    const { exports, create, workos } = await start();
    const { id } = await create();
    workos.fail({ path: `/audit_logs/exports/${id}`, status: 401 });

    expect(await failure(exports.wait(id))).toMatchObject({ code: 'unauthorized' });
  });

  test('ends when its time is up, and can be taken up again', async () => {
    const { exports, create, workos } = await start();
    workos.setExports({ delayMs: Infinity });
    const { id } = await create();

    const thrown = await failure(exports.wait(id, { timeoutMs: 30 }));
    expect(thrown.code).toBe('export_timeout');
    expect(thrown.message).toContain(`wait('${id}') again`);

    workos.fail({ path: `/audit_logs/exports/${id}`, status: 503 });
    expect((await failure(exports.wait(id, { timeoutMs: 30 }))).message).toContain('The last question failed: Serv');
    workos.heal();
    workos.setExports({ delayMs: 0 });
    expect(await exports.wait(id)).toMatchObject({ state: 'ready' });
  });

  test.each([
    ['between two questions', false],
    ['during a question', true],
  ])('ends when it is aborted %s', async (_, hang) => {
    const { exports, create, workos } = await start(3, { timeoutMs: 60_000 });
    workos.setExports({ delayMs: Infinity });
    const { id } = await create();
    if (hang) workos.fail({ path: `/audit_logs/exports/${id}`, hang });
    const controller = new AbortController();

    const waiting = exports.wait(id, { signal: controller.signal });
    await expect.poll(() => paths(workos, `/audit_logs/exports/${id}`).length).toBe(1);
    controller.abort(new Error('enough'));

    await expect(waiting).rejects.toThrow('enough');
    await expect(exports.wait(id, { signal: controller.signal })).rejects.toThrow('enough');
    expect(paths(workos, `/audit_logs/exports/${id}`)).toHaveLength(1);
  });

  test('passes on a state that is not known yet as one that is not ready', async () => {
    const { exports, create, workos } = await start();
    const { id } = await create();
    workos.fail({ path: `/audit_logs/exports/${id}`, status: 200, body: { id, state: 'queued' }, times: 1 });
    const states: string[] = [];

    await exports.wait(id, { onProgress: ({ state }) => states.push(state) });

    expect(states).toEqual(['queued']);
  });
});
