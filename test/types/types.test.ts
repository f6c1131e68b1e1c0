import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;

/** What the compiler says of a folder. Every `@ts-expect-error` that is no error is one. */
async function compile(folder: string): Promise<string> {
  const args = [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}test/types/${folder}`];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((error: { stdout: string }) => error);
  return stdout;
}

test.each([
  ['registered', 'with a catalogue in AuditRegistry, actions, targets and metadata are typed'],
  ['unregistered', 'without one, they are any strings'],
])('%s: %s', { timeout: 60_000 }, async (folder) => {
  expect(await compile(folder)).toBe('');
});
