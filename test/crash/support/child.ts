import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditDeliveryOptions, AuditEventDefinitions, AuditSchemaLock, AuditStats } from 'nestjs-workos-audit';
import type { PgBossOutboxOptions } from 'nestjs-workos-audit/pg-boss';
import type { LocalWorkOS } from 'nestjs-workos-audit/testing';
import ts from 'typescript';
import { afterAll, onTestFinished } from 'vitest';
import { installPackage } from '../../cli/support/installed-package.js';

export interface AppSettings {
  /** The file of SQLite; with `postgres`, only the traces lie beside it. */
  readonly path: string;
  readonly durability?: 'full' | 'normal';
  /** Events wait in Postgres. */
  readonly postgres?: PgBossOutboxOptions;
  readonly release?: Release;
  readonly appendTimeoutMs?: number;
  readonly workos: { readonly apiKey: string; readonly apiHostname: string; readonly port: number };
  readonly delivery: AuditDeliveryOptions;
  /** What SIGTERM does: Nest's shutdown hooks, or `app.close()`, after which the process must end by itself. */
  readonly shutdown: 'hooks' | 'close';
}

/** A version of the application, with a catalogue of its own; its name is in the metadata of what it makes. */
export interface Release {
  readonly name: string;
  readonly events: AuditEventDefinitions;
  readonly schemaLock: AuditSchemaLock;
}

export interface AppStats extends AuditStats {
  /** How often the outbox was asked for events. */
  readonly claims: number;
}

export interface AppOptions {
  readonly workos: LocalWorkOS;
  /** @default a file of its own */
  readonly path?: string;
  readonly postgres?: PgBossOutboxOptions;
  readonly release?: Release;
  readonly appendTimeoutMs?: number;
  readonly delivery?: AuditDeliveryOptions;
  readonly shutdown?: AppSettings['shutdown'];
  /** What its clock shows. */
  readonly clock?: Clock;
}

/** Quick, and with the shortest lease there is: 2 × 500 ms + 10 s. */
export const delivery = {
  concurrency: 8,
  ratePerSecond: 5_000,
  timeoutMs: 500,
  pollMs: 50,
  backoff: { minMs: 50, maxMs: 400 },
  drainTimeoutMs: 2_000,
} satisfies AuditDeliveryOptions;

/** A lease of the dispatcher has run out by then, and the intent of a handler that was killed. */
export const afterAllLeases = 120_000;

/** The clock of a process, wrong by a number of milliseconds that can be changed while it runs. */
export class Clock {
  readonly file: string;

  constructor(wrongByMs = 0) {
    this.file = join(temporaryFolder(), 'clock');
    this.set(wrongByMs);
  }

  set(wrongByMs: number): void {
    writeFileSync(this.file, String(wrongByMs));
  }
}

/** A process that serves requests and audits them, built as it is published. */
export class App {
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Resolves with its address when it serves; rejects when it ends before. */
  readonly ready: Promise<string>;
  #output = '';

  private constructor(private readonly process: ChildProcess) {
    const keep = (text: string): void => void (this.#output = (this.#output + text).slice(-1_000_000));
    process.stdout?.setEncoding('utf8').on('data', keep);
    process.stderr?.setEncoding('utf8').on('data', keep);
    this.exited = new Promise((resolve) => {
      process.once('close', (code, signal) => resolve({ code, signal }));
    });
    this.ready = new Promise((resolve, reject) => {
      process.once('message', ({ url }: { url: string }) => resolve(url));
      void this.exited.then((how) => reject(new Error(`It ended (${JSON.stringify(how)}): ${this.#output}`)));
    });
    this.ready.catch(() => undefined); // whoever kills it before does not wait for it
  }

  /** Starts one and does not wait for it. It is killed when the test is over. */
  static async spawn({ workos, clock, shutdown = 'close', ...options }: AppOptions): Promise<App> {
    const { app, preload, cache } = await build();
    const { path = join(temporaryFolder(), 'audit.db'), postgres, release, appendTimeoutMs } = options;
    const settings: AppSettings = {
      path,
      postgres,
      release,
      appendTimeoutMs,
      workos: { apiKey: workos.apiKey, ...workos.clientOptions },
      delivery: { ...delivery, ...options.delivery },
      shutdown,
    };
    const child = fork(app, [JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: clock ? ['--import', preload] : [],
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: cache, ...(clock && { CRASH_CLOCK: clock.file }) },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return new App(child);
  }

  /** Starts one that serves. */
  static async start(options: AppOptions): Promise<App> {
    const app = await App.spawn(options);
    await app.ready;
    return app;
  }

  /** All that it has printed; of much, the end. */
  get output(): string {
    return this.#output;
  }

  /** Sends a signal and waits for its end. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.process.kill(signal);
    return this.exited;
  }

  /** It stands still, all its threads, until it may go on. */
  stop(): void {
    this.process.kill('SIGSTOP');
  }

  goOn(): void {
    this.process.kill('SIGCONT');
  }

  async stats(): Promise<AppStats> {
    const response = await fetch(`${await this.ready}/stats`, { signal: AbortSignal.timeout(15_000) });
    return (await response.json()) as AppStats;
  }
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'crash-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

interface Built {
  readonly app: string;
  readonly preload: string;
  readonly cache: string;
}

let built: Promise<Built> | undefined;
const build = (): Promise<Built> => (built ??= buildApp());

/** The application and its clock as JavaScript, beside the built package. */
async function buildApp(): Promise<Built> {
  const folder = await installPackage();
  const place = mkdtempSync(join(folder, 'crash-'));
  // Without one of its own, it would be part of this repository's package, whose name means its `dist` then.
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  for (const name of ['app', 'clock', 'traces']) {
    const { outputText } = ts.transpileModule(readFileSync(join(import.meta.dirname, `${name}.ts`), 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
      },
    });
    writeFileSync(join(place, `${name}.js`), outputText);
  }
  return { app: join(place, 'app.js'), preload: join(place, 'clock.js'), cache: join(place, 'cache') };
}

afterAll(async () => {
  if (built) rmSync(join((await built).app, '..'), { recursive: true, force: true, maxRetries: 5 });
});
