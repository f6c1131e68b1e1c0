import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuditExports, type AuditExportOptions, type AuditModuleOptions, AuditWorkOSError } from 'nestjs-workos-audit';
import type { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { expect, onTestFinished } from 'vitest';
import { ada, startLocalWorkOS, TestApp } from '../support/test-app.js';

export const lastHour = (): Pick<AuditExportOptions, 'from' | 'to'> => ({
  from: new Date(Date.now() - 3_600_000),
  to: new Date(),
});

/** An application that has recorded so many events, all of which have arrived, and an export of them that is ready. */
export async function start(events = 3, delivery: AuditModuleOptions['delivery'] = {}) {
  const workos = await startLocalWorkOS({ exportDelayMs: 0 });
  const app = await TestApp.start({ workos, audit: { delivery } });
  for (let i = 0; i < events; i += 1) {
    await app.audit.record(i % 2 ? 'post.delete' : 'post.create', {
      actor: ada,
      organizationId: 'org_local',
      targets: { post: { id: `p${i}`, name: `Say "${i}",\nthen go` } },
      metadata: { number: i },
    });
  }
  await app.events(events);
  const exports = app.nest.get(AuditExports);
  const create = (more: Partial<AuditExportOptions> = {}) =>
    exports.create({ organizationId: 'org_local', ...lastHour(), ...more });
  return { app, workos, exports, create };
}

/** The requests for an export's state or file. */
export function paths(workos: LocalWorkOS, beginning: string): string[] {
  return workos.requests.filter(({ path }) => path.startsWith(beginning)).map(({ path }) => path);
}

/** What a call rejects with. */
export async function failure(call: Promise<unknown>): Promise<AuditWorkOSError> {
  const error = await call.then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown as Error,
  );
  expect(error).toBeInstanceOf(AuditWorkOSError);
  return error as AuditWorkOSError;
}

/** Where the link of an export leads: answers one request after the other as it is told, the last answer for ever. */
export async function fileServer(...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    (answers[requests.length - 1] ?? answers.at(-1))?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/export.csv` };
}

/** Makes LocalWorkOS say that an export is ready there. */
export function linkTo(workos: LocalWorkOS, url: string | null, more: object = {}): void {
  const times = { created_at: '2026-11-01T00:00:00.000Z', updated_at: '2026-11-01T00:00:00.000Z' };
  const body = { object: 'audit_log_export', id: 'audit_log_export_1', state: 'ready', url, ...times, ...more };
  workos.fail({ method: 'GET', path: /^\/audit_logs\/exports\//, status: 200, body });
}
