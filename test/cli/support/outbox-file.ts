import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AuditEvent, AuditOutbox, DeliveryError } from 'nestjs-workos-audit';
import { sqliteOutbox } from '../../../src/sqlite.js';
import { type CliResult, CliProject } from './cli-project.js';

/** Where the command looks when it is told nothing. */
export const DEFAULT_FILE = 'var/audit-outbox.db';

export const RECORDED = Date.UTC(2026, 10, 23, 12, 30, 0, 5);

export const REFUSED: DeliveryError = {
  message: 'Invalid Audit Log event\nSchema mismatch',
  status: 400,
  code: 'invalid_audit_log',
  requestId: 'req_01HXYZ',
};

/** A buried event as a test gives it. */
export interface Buried {
  readonly id: string;
  readonly event?: Partial<AuditEvent>;
  readonly error?: DeliveryError;
  readonly recordedAt?: number;
}

export function makeEvent(event: Partial<AuditEvent> = {}): AuditEvent {
  return {
    organizationId: 'org_1',
    action: 'post.delete',
    occurredAt: new Date(RECORDED).toISOString(),
    actor: { id: 'user_ada', type: 'user', name: 'Ada Lovelace', metadata: {} },
    targets: [{ id: 'p1', type: 'post' }],
    context: { location: '192.0.2.1' },
    metadata: { title: 'Hello' },
    ...event,
  };
}

/** A project with an outbox, which the application has closed unless a test opens it again. */
export class OutboxProject implements AsyncDisposable {
  private constructor(
    readonly project: CliProject,
    readonly file: string,
  ) {}

  static async create(fill: (outbox: AuditOutbox) => Promise<void> = async () => {}): Promise<OutboxProject> {
    const project = await CliProject.create();
    delete project.env['WORKOS_API_KEY'];
    const one = new OutboxProject(project, join(project.folder, DEFAULT_FILE));
    await one.use(fill);
    return one;
  }

  static async withBuried(...buried: Buried[]): Promise<OutboxProject> {
    return OutboxProject.create((outbox) => bury(outbox, buried));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.project[Symbol.asyncDispose]();
  }

  /** Opens the outbox as the application does, and closes it. */
  async use<T>(work: (outbox: AuditOutbox) => Promise<T>): Promise<T> {
    const outbox = sqliteOutbox({ path: this.file });
    await outbox.open();
    try {
      return await work(outbox);
    } finally {
      await outbox.close();
    }
  }

  /** Changes the file by hand. */
  edit(sql: string, file = this.file): void {
    mkdirSync(dirname(file), { recursive: true });
    const db = new DatabaseSync(file);
    db.exec(sql);
    db.close();
  }

  run(...args: string[]): Promise<CliResult> {
    return this.project.run(['outbox', ...args]);
  }

  /** What a command prints with `--json`. */
  async json(...args: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await this.run(...args, '--json');
    if (code !== 0 || stderr !== '') throw new Error(`exit code ${code}: ${stderr}`);
    return JSON.parse(stdout) as unknown;
  }

  ids(): Promise<string[]> {
    return this.use(async (outbox) => (await Array.fromAsync(outbox.buried())).map(({ id }) => id));
  }
}

/** Lets events fail for good, in the given order. */
export async function bury(outbox: AuditOutbox, buried: readonly Buried[]): Promise<void> {
  await outbox.append(
    buried.map(({ id, event, recordedAt = RECORDED }) => ({ id, recordedAt, event: makeEvent(event) })),
  );
  await outbox.claim(buried.length, 60_000);
  for (const { id, error = REFUSED } of buried) await outbox.bury(id, error);
}
