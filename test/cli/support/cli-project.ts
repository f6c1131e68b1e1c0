import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { installPackage } from './installed-package.js';

/** What a run of the command left behind. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is done to a run that has begun. */
type OnStart = (process: ChildProcess) => Promise<void>;

/** An application's folder, in which the installed package is used from the command line, and a WorkOS of its own. */
export class CliProject implements AsyncDisposable {
  readonly env: Record<string, string>;

  private constructor(
    private readonly installation: string,
    readonly folder: string,
    readonly workos: LocalWorkOS,
  ) {
    this.env = {
      WORKOS_API_KEY: workos.apiKey,
      WORKOS_API_HOSTNAME: '127.0.0.1',
      WORKOS_API_PORT: String(workos.port),
      WORKOS_API_HTTPS: 'false',
    };
  }

  static async create(files: Record<string, string> = {}): Promise<CliProject> {
    const installation = await installPackage();
    mkdirSync(`${installation}/projects`, { recursive: true });
    const folder = mkdtempSync(`${installation}/projects/p-`);
    const project = new CliProject(installation, folder, await LocalWorkOS.start());
    // With a package.json of its own, so that it is not taken for a part of this repository.
    project.write({ 'package.json': '{ "name": "project", "type": "module" }', ...files });
    return project;
  }

  /** With `audit-events.ts` that holds these definitions; quick to load. */
  static async of(definitions: string): Promise<CliProject> {
    return CliProject.create({ 'audit-events.ts': catalogueText(definitions, QUICK) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.workos.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      writeFileSync(join(this.folder, name), text);
    }
  }

  /** Writes `audit-events.ts` with these definitions. */
  events(definitions: string): void {
    this.write({ 'audit-events.ts': catalogueText(definitions, QUICK) });
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  remove(name: string): void {
    rmSync(join(this.folder, name));
  }

  lock(): { actions: Record<string, { version: number; targets: string[]; digest: string }[]> } {
    return JSON.parse(this.read('workos-audit.lock.json')) as never;
  }

  /** Runs `workos-audit`; `watch` is given the process and told of everything that it prints. */
  async run(
    args: string[],
    watch: (process: ChildProcess, stdout: string) => void = () => {},
    {
      onStart,
      ...options
    }: Pick<SpawnOptions, 'uid' | 'gid' | 'stdio' | 'timeout' | 'killSignal'> & {
      onStart?: OnStart;
    } = {},
  ): Promise<CliResult> {
    const main = `${this.installation}/node_modules/nestjs-workos-audit/dist/esm/cli/main.js`;
    const env = { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: `${this.installation}/cache`, ...this.env };
    const child = spawn(process.execPath, [main, ...args], { cwd: this.folder, env, ...options });
    void onStart?.(child);
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      watch(child, stdout);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  }
}

/** The same function without the rest of the package, which takes Node longer to load than anything else here. */
const QUICK = '../../node_modules/nestjs-workos-audit/dist/esm/catalogue/define.js';

/** A catalogue file. */
export function catalogueText(definitions: string, from = 'nestjs-workos-audit'): string {
  return `import { defineAuditEvents, optional, target } from '${from}';

export const auditEvents = defineAuditEvents({ ${definitions} });
void [optional, target];
`;
}
