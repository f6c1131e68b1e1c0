import { WorkOS } from '@workos-inc/node';
import { onTestFinished } from 'vitest';
import { LocalWorkOS, type LocalWorkOSOptions } from '../../src/testing/index.js';

/** A LocalWorkOS that is closed when the test is over. */
export async function start(options: LocalWorkOSOptions = {}): Promise<LocalWorkOS> {
  const workos = await LocalWorkOS.start(options);
  onTestFinished(() => workos.close());
  return workos;
}

/** The real SDK against it, without retries. */
export function sdk(
  workos: LocalWorkOS,
  options: { apiKey?: string; timeout?: number; clientId?: string } = {},
): WorkOS {
  const { apiKey = workos.apiKey, ...rest } = options;
  return new WorkOS(apiKey, { ...workos.clientOptions, maxRetries: 0, ...rest });
}

/** What `auditLogs.createEvent` takes: a valid event. */
export function sdkEvent(overrides: object = {}) {
  return {
    action: 'post.create',
    occurredAt: new Date('2026-11-20T10:00:00.000Z'),
    actor: { id: 'prof_1', type: 'user', name: 'Ada', metadata: {} },
    targets: [{ id: 'post_1', type: 'post' }],
    context: { location: '203.0.113.7', userAgent: 'Firefox' },
    metadata: {},
    ...overrides,
  };
}

/** The same on the wire. */
export function wireEvent(overrides: object = {}) {
  return {
    action: 'post.create',
    occurred_at: '2026-11-20T10:00:00.000Z',
    actor: { id: 'prof_1', type: 'user', metadata: {} },
    targets: [{ id: 'post_1', type: 'post' }],
    context: { location: '203.0.113.7' },
    metadata: {},
    ...overrides,
  };
}

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined if it is not JSON. */
  readonly json: unknown;
}

/** A request with the API key and a JSON body, unless told otherwise. */
export async function send(
  workos: LocalWorkOS,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(workos.url + path, {
    method,
    redirect: 'manual',
    headers: { authorization: `Bearer ${workos.apiKey}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return read(response);
}

/** Posts an event of the organization `org_local`. */
export function post(workos: LocalWorkOS, event: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return send(workos, 'POST', '/audit_logs/events', { organization_id: 'org_local', event }, headers);
}

export async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}
