import { describe, expect, test } from 'vitest';
import ts from 'typescript';
import { CliProject } from './support/cli-project.js';

const APP = `
import 'reflect-metadata';
import { Controller, Delete, forwardRef, Get, Injectable, Module, Post } from '@nestjs/common';
import { Audited } from 'nestjs-workos-audit';

abstract class Base {
  @Delete()
  @Audited('base.remove', { targets: { thing: 't' } })
  remove(): void {}

  @Delete('hidden')
  @Audited('base.hidden')
  hidden(): void {}
}

@Controller('posts')
export class PostsController extends Base {
  constructor() { super(); throw new Error('nothing is to be instantiated'); }

  @Post()
  @Audited('post.create', {
    targets: { post: ({ result }) => result.id },
    metadata: { title: ({ body }) => body.title, words: 3, draft: false, 'since-when': new Date(), "it's": null },
  })
  create(): object { return { id: 1 }; }

  @Post('import')
  @Audited('post.create', { targets: { post: 'p', source: 's' }, metadata: { words: 'many' } })
  import(): void {}

  @Get()
  plain(): void {}

  @Post('invite')
  @Audited('user.invite', { targets: { user: 'u' } })
  @Audited('mail.sent', { metadata: () => ({ to: 'x' }) })
  invite(): void {}

  override hidden(): void {}
}

@Injectable()
export class MailGateway {
  @Post()
  @Audited('nodots')
  send(): void {}
}

@Controller('team')
class TeamController {
  @Post()
  @Audited('team.rename', { targets: { team: 't', tenant: 'x' } })
  rename(): void {}
}

@Controller('late')
class LateController {
  @Post()
  @Audited('late.call')
  call(): void {}
}

@Module({ controllers: [TeamController], imports: [forwardRef(() => AppModule)] })
class TeamModule {}

class Dynamic {}
Module({})(Dynamic);

class Late {}
Module({})(Late);

@Module({
  imports: [
    forwardRef(() => TeamModule),
    { module: Dynamic, providers: [{ provide: 'MAIL', useClass: MailGateway }, { provide: 'X', useFactory: () => { throw new Error('no'); } }] },
    Promise.resolve({ module: Late, controllers: [LateController] }),
    undefined as never,
  ],
  controllers: [PostsController],
})
export class AppModule {}
`;

/** What a build would leave in dist. */
function compiled(source: string, module: ts.ModuleKind): string {
  const compilerOptions = {
    module,
    target: ts.ScriptTarget.ES2022,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
  };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}

const ESM = compiled(APP, ts.ModuleKind.ESNext);

describe('init', () => {
  test.concurrent.each<[string, Record<string, string>]>([
    ['ES modules', { 'dist/app.module.js': ESM }],
    [
      'CommonJS',
      { 'dist/package.json': '{ "type": "commonjs" }', 'dist/app.module.js': compiled(APP, ts.ModuleKind.CommonJS) },
    ],
  ])('writes a catalogue from an application built as %s, and plan loads it', async (_, files) => {
    await using project = await CliProject.create(files);
    const { code, stdout, stderr } = await project.run(['init']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`./audit-events.ts: 7 actions of 7 @Audited methods.
Look for \`// check:\` at mail.sent, nodots, post.create.
Events that AuditService.record() makes cannot be found this way: add them by hand.
Then give the catalogue to AuditModule as \`events\`, and run:
  npx workos-audit schemas plan --events ./audit-events.ts
`);
    const text = project.read('audit-events.ts');
    expect(text).toContain(`export const auditEvents = defineAuditEvents({
  // PostsController.remove
  'base.remove': { targets: ['thing', 'user', optional('team')] },
  // LateController.call
  'late.call': { targets: ['user', optional('team')] },
  // PostsController.invite
  // check: the metadata comes from a function; list its keys here
  'mail.sent': { targets: ['user', optional('team')] },
  // MailGateway.send
  // check: 'nodots': an action is a name`);
    expect(text).toContain(`  // 'nodots': { targets: ['user', optional('team')] },`);
    expect(text).toContain(`  'team.rename': { targets: ['tenant', 'user', optional('team')] },
  // PostsController.invite
  'user.invite': { targets: ['user', optional('team')] },
});`);

    const planned = JSON.parse((await project.run(['schemas', 'plan', '--json'])).stdout) as {
      schemas: { action: string; targets: string[] }[];
    };
    const types = planned.schemas.filter(({ action }) => action === 'team.rename').map(({ targets }) => targets);
    expect(types).toEqual([
      ['tenant', 'user', 'team'],
      ['tenant', 'user'],
    ]);
    expect(new Set(planned.schemas.map(({ action }) => action)).size).toBe(5);
  });

  test.concurrent(
    'makes a target type optional that not every method gives, and guesses types of metadata',
    async () => {
      const app = APP.replace(`"it's": null`, `count: 1`).replace(`{ words: 'many' }`, `{ words: 5, count: true }`);
      await using project = await CliProject.create({ 'build/main.module.mjs': compiled(app, ts.ModuleKind.ESNext) });
      const { code } = await project.run([
        'init',
        '--app',
        'build/main.module.mjs',
        '--export',
        'AppModule',
        '--out',
        'events.mts',
      ]);
      expect(code).toBe(0);
      expect(project.read('events.mts')).toContain(`  // PostsController.create, PostsController.import
  // check: the type of 'title' is not known; 'string' is a guess
  // check: 'count' is number in one place, boolean in another
  'post.create': {
    targets: ['post', optional('source'), 'user', optional('team')],
    metadata: { title: 'string', words: 'number', draft: 'boolean', 'since-when': 'string', count: 'string' },
  },`);
      expect((await project.run(['schemas', 'push', '--events', 'events.mts'])).code).toBe(0);
      expect(project.lock().actions['post.create']).toHaveLength(4);
    },
  );

  test.concurrent('writes TypeScript that compiles', async () => {
    await using project = await CliProject.create({ 'dist/app.module.js': ESM });
    await project.run(['init']);
    const { diagnostics } = ts.transpileModule(project.read('audit-events.ts'), { reportDiagnostics: true });
    expect(diagnostics).toEqual([]);
  });

  const nothing = `import { Module } from '@nestjs/common'; export class AppModule {} Module({ controllers: [] })(AppModule);`;
  test.concurrent.each<[string, Record<string, string>, string[], string | RegExp]>([
    ['no built application', {}, [], `there is no file './dist/app.module.js'. Build the application first`],
    [
      'no module in the file',
      { 'dist/app.module.js': 'export const x = 1;' },
      [],
      'exports no Nest module. Name the compiled file of the root module with --app. It exports: x',
    ],
    [
      'several modules',
      { 'dist/app.module.js': `${nothing} export class B {} Module({ imports: [] })(B);` },
      [],
      'exports several modules: AppModule, B. Choose the root with --export.',
    ],
    [
      'an export that is no module',
      { 'dist/app.module.js': `${nothing} export const x = 1;` },
      ['--export', 'x'],
      `the export 'x' of ./dist/app.module.js is no Nest module`,
    ],
    ['nothing @Audited', { 'dist/app.module.js': nothing }, [], 'is @Audited. Is the build up to date?'],
    [
      'an application that throws',
      { 'dist/app.module.js': `throw new Error('no DATABASE_URL');` },
      [],
      'cannot be loaded: no DATABASE_URL',
    ],
    [
      'an application that is not built',
      { 'app.module.ts': `@Module class A {}` },
      ['--app', 'app.module.ts'],
      'name the compiled file',
    ],
    [
      'an output that is no TypeScript',
      { 'dist/app.module.js': nothing },
      ['--out', 'x.js'],
      '--out must be a TypeScript file',
    ],
    ['an output in no folder', { 'dist/app.module.js': nothing }, ['--out', 'no/x.ts'], 'there is no folder'],
    ['an unknown flag', {}, ['--what'], `Unknown option '--what'`],
  ])('refuses %s', async (_, files, flags, reason) => {
    await using project = await CliProject.create(files);
    const { code, stdout, stderr } = await project.run(['init', ...flags]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^workos-audit: /);
    expect(stderr).toContain(reason);
  });

  test.concurrent('overwrites nothing, except with --force', async () => {
    await using project = await CliProject.create({ 'dist/app.module.js': ESM, 'audit-events.ts': 'mine' });
    const { code, stderr } = await project.run(['init']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('overwrite it with --force') as string,
    });
    expect(project.read('audit-events.ts')).toBe('mine');
    expect((await project.run(['init', '--force'])).code).toBe(0);
    expect(project.read('audit-events.ts')).toContain('defineAuditEvents');
  });
});
