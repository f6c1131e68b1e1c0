import { describe, expect, test } from 'vitest';
import { catalogueText, CliProject } from './support/cli-project.js';

const EVENTS = `'post.create': { targets: ['post', 'user'] }`;

/** What `schemas plan` finds in these files. */
async function plan(files: Record<string, string>, ...flags: string[]) {
  await using project = await CliProject.create(files);
  const { code, stdout, stderr } = await project.run(['schemas', 'plan', ...flags]);
  return { code, stdout, stderr };
}

describe('a catalogue is loaded without a build', () => {
  const imports = `import { defineAuditEvents } from 'nestjs-workos-audit';\n`;
  const commonJs = `const { defineAuditEvents } = require('nestjs-workos-audit');\n`;

  test.concurrent.each<[string, Record<string, string>, string[]]>([
    ['from src, if it is there', { 'src/audit-events.ts': catalogueText(EVENTS) }, []],
    ['under any name', { 'a b/what.mts': catalogueText(EVENTS) }, ['--events', 'a b/what.mts']],
    [
      'from TypeScript that imports as compilers resolve it',
      {
        'audit-events.ts': `${imports}import { post } from './posts/names.js';
          import { user } from './users';
          import type { Nothing } from './nowhere.js';
          export const auditEvents = defineAuditEvents({ 'post.create': { targets: [post, user as string] } });
          export type Unused = Nothing;`,
        'posts/names.ts': `export const post = 'post' as const;`,
        'users/index.ts': `export const user: string = 'user';`,
      },
      [],
    ],
    [
      'from TypeScript of a CommonJS package',
      {
        'package.json': '{ "name": "project", "type": "commonjs" }',
        'audit-events.ts': `${imports}import { post } from './posts';
          export const auditEvents = defineAuditEvents({ 'post.create': { targets: [post, 'user'] } });`,
        'posts.ts': `export const post = 'post';`,
      },
      [],
    ],
    [
      'from TypeScript of a package without a type',
      { 'package.json': '{ "name": "p" }', 'audit-events.ts': catalogueText(EVENTS) },
      [],
    ],
    [
      'from TypeScript that an application augments types in',
      {
        'audit-events.ts': `${catalogueText(EVENTS)}
          declare module 'nestjs-workos-audit' { interface AuditRegistry { events: typeof auditEvents } }`,
      },
      [],
    ],
    ['from .mjs', { 'e.mjs': `${imports}export default defineAuditEvents({ ${EVENTS} });` }, ['--events', 'e.mjs']],
    [
      'from .cjs',
      { 'e.cjs': `${commonJs}exports['audit' + 'Events'] = defineAuditEvents({ ${EVENTS} });` },
      ['--events', 'e.cjs'],
    ],
    [
      'exported under two names',
      { 'audit-events.ts': `${catalogueText(EVENTS)}export default auditEvents; export const number = 1;` },
      [],
    ],
    [
      'chosen among several',
      {
        'audit-events.ts': `${catalogueText(EVENTS)}export const other = defineAuditEvents({ 'a.b': { targets: ['c'] } });`,
      },
      ['--export', 'auditEvents'],
    ],
  ])('%s', async (_, files, flags) => {
    const { code, stdout, stderr } = await plan(files, ...flags);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('create  post.create    post, user  WorkOS does not have the action');
  });
});

describe('what goes wrong is exit 2, with the reason:', () => {
  const file = (text: string): Record<string, string> => ({ 'audit-events.ts': text });
  const good = file(catalogueText(EVENTS));

  test.concurrent.each<[string, Record<string, string>, string[], string | RegExp]>([
    ['no catalogue', {}, [], 'neither ./audit-events.ts nor ./src/audit-events.ts exists. Name the file with --events'],
    ['no such file', good, ['--events', './events.ts'], `there is no file './events.ts' for --events`],
    [
      'a mistake',
      file(catalogueText(`'create': { targets: [] }, 'a.b': { targets: ['x', 'x'] }`)),
      [],
      /'create': `targets` is empty.*'a\.b': the target type 'x' is there twice/s,
    ],
    [
      'no catalogue exported',
      file('export const events = {};'),
      [],
      'exports no catalogue. Write: export const auditEvents = defineAuditEvents({ … }). It exports: events',
    ],
    [
      'several catalogues',
      file(`${catalogueText(EVENTS)}export const other = defineAuditEvents({ 'a.b': { targets: ['c'] } });`),
      [],
      'exports several catalogues: auditEvents, other. Choose one with --export.',
    ],
    ['no such export', good, ['--export', 'events'], `the export 'events' of`],
    [
      'an export that is none',
      file(`${catalogueText(EVENTS)}export const x = 1;`),
      ['--export', 'x'],
      'is no catalogue made by defineAuditEvents()',
    ],
    [
      'an enum',
      file(`enum Type { post = 'post' }\n${catalogueText(EVENTS)}`),
      [],
      'can have no enum, namespace, parameter property or decorator',
    ],
    [
      'a decorator',
      file(`const d = (_: unknown): void => {};\n@d class A {}\n${catalogueText(EVENTS)}`),
      [],
      'can have no enum, namespace, parameter property or decorator',
    ],
    [
      'a type imported as a value',
      { ...file(`import { Type } from './type.js';\n${catalogueText(EVENTS)}`), 'type.ts': 'export type Type = 1;' },
      [],
      'import it with `import type { … }`',
    ],
    [
      'an import that is not there',
      file(`import '@app/names';\n${catalogueText(EVENTS)}`),
      [],
      'Node does not know the `paths` of tsconfig.json',
    ],
    ['a syntax error', file('export const = 1;'), [], /audit-events\.ts cannot be loaded: .*audit-events\.ts:1/s],
    [
      'an error of its own',
      file(`throw new Error('DATABASE_URL is missing');`),
      [],
      /cannot be loaded: DATABASE_URL is missing\nat .*audit-events\.ts:1/,
    ],
    ['a lock that is no JSON', { ...good, 'workos-audit.lock.json': '{' }, [], 'is no JSON'],
    [
      'a lock with a merge conflict',
      { ...good, 'workos-audit.lock.json': '{\n<<<<<<< HEAD\n' },
      [],
      'has a merge conflict. Take it from git or delete it, then run `npx workos-audit schemas push`',
    ],
    [
      'a lock of the future',
      { ...good, 'l.json': '{ "lockfileVersion": 2 }' },
      ['--lock', 'l.json'],
      'is of lockfileVersion 2, this release knows 1',
    ],
    ['an unknown flag', good, ['--event', 'x'], /Unknown option '--event'.*npx workos-audit --help/s],
    ['a word too many', good, ['please'], /Unexpected argument 'please'.*npx workos-audit --help/s],
    ['an API key as a flag', good, ['--api-key', 'sk_secret'], '--api-key is not accepted'],
    ['a port that is none', good, ['--port', 'http'], `port must be a number from 1 to 65535, not 'http'`],
    ['a timeout that is none', good, ['--timeout', '-1'], /argument is ambiguous|must be a number of seconds/],
    ['a timeout of 0', good, ['--timeout=0'], '--timeout must be a number of seconds above 0'],
  ])('%s', async (_, files, flags, reason) => {
    const { code, stdout, stderr } = await plan(files, ...flags);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^workos-audit: /);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/sk_secret|ExperimentalWarning|unexpectedly/);
  });

  test.concurrent('no API key', async () => {
    await using project = await CliProject.of(EVENTS);
    delete project.env['WORKOS_API_KEY'];
    const { code, stderr } = await project.run(['schemas', 'check']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('WORKOS_API_KEY is not set') as string,
    });
  });

  test.concurrent('a lock that cannot be written', async () => {
    await using project = await CliProject.of(EVENTS);
    const { code, stderr } = await project.run(['schemas', 'push', '--lock', './no/such/folder.json']);
    expect(code).toBe(2);
    expect(stderr).toContain('the lock cannot be written');
  });

  test.concurrent('a command that does not exist', async () => {
    await using project = await CliProject.create();
    for (const args of [['schema'], ['schemas'], ['schemas', 'pull'], ['outbox'], ['outbox', 'drop']]) {
      const { code, stderr } = await project.run(args);
      expect(code).toBe(2);
      expect(stderr).toContain(
        'The commands are: schemas plan, schemas push, schemas check, init, local, export, outbox stats, outbox list, outbox show, ' +
          'outbox redrive, outbox purge, outbox move. See --help.',
      );
    }
  });
});

describe('the command line', () => {
  test.concurrent('explains itself', async () => {
    await using project = await CliProject.create();
    for (const args of [[], ['--help'], ['schemas', 'plan', '--help'], ['init', '-h'], ['outbox', 'purge', '--help']]) {
      const { code, stdout } = await project.run(args);
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /schemas plan.*schemas push.*schemas check.*init .*outbox stats.*outbox purge.*--events.*WORKOS_API_KEY.*Exit codes/s,
      );
    }
    expect((await project.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.concurrent('takes the address of WorkOS from flags, before the environment', async () => {
    await using project = await CliProject.of(EVENTS);
    const { workos } = project;
    Object.assign(project.env, {
      WORKOS_API_HOSTNAME: 'nowhere.invalid',
      WORKOS_API_PORT: '1',
      WORKOS_API_HTTPS: 'true',
    });
    const address = ['--api-hostname', '127.0.0.1', '--port', String(workos.port), '--http'];
    expect((await project.run(['schemas', 'push', ...address])).code).toBe(0);
  });

  test.concurrent('names the lock and the catalogue as seen from where one is', async () => {
    await using project = await CliProject.create({
      'src/audit-events.ts': catalogueText(EVENTS),
      'locks/.gitkeep': '',
    });
    const lock = ['--lock', 'locks/audit.json'];
    const planned = await project.run(['schemas', 'plan', ...lock]);
    expect(planned.stdout).toContain(
      'npx workos-audit schemas push --events ./src/audit-events.ts --lock ./locks/audit.json',
    );
    await project.run(['schemas', 'push', ...lock]);
    expect(project.read('locks/audit.json')).toContain('"events": "../src/audit-events.ts"');
  });
});
