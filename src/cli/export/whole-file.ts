import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../../event/text.js';
import { CliError } from '../cli.error.js';

/** Refuses a file that cannot be written before anything is asked of WorkOS. @throws CliError */
export function checkWritable(path: string, force: boolean): void {
  const folder = dirname(path);
  if (!existsSync(folder)) throw new CliError(`there is no folder '${folder}' for --out. Make it first.`);
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory()) throw new CliError(`--out must be a file, and '${path}' is a folder.`);
  if (!force) throw new CliError(`'${path}' exists already. Give another --out, or --force to replace it.`);
}

/**
 * Writes a stream to a file, whole or not at all: into another one beside it, which then takes its name. Only the owner may
 * read it, since it says who did what.
 *
 * @param onBytes told how many there are so far
 * @returns how many there are in all
 * @throws CliError when it cannot be written; whatever the stream fails with
 */
export async function writeWhole(
  source: Readable,
  path: string,
  { force, onBytes }: { readonly force: boolean; readonly onBytes: (bytes: number) => void },
): Promise<number> {
  const temporary = `${path}.${process.pid}.part`;
  const remove = (): void => rmSync(temporary, { force: true });
  // For an end that does not come by here, such as a second Ctrl-C.
  process.once('exit', remove);
  let bytes = 0;
  const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      onBytes(bytes);
      yield chunk;
    }
  };
  try {
    await pipeline(source, counted, createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true }));
    checkWritable(path, force);
    renameSync(temporary, path);
    return bytes;
  } catch (error) {
    remove();
    if (typeof (error as { syscall?: unknown }).syscall !== 'string') throw error;
    throw new CliError(`'${path}' cannot be written: ${messageOf(error)}. Nothing of it was kept.`);
  } finally {
    process.off('exit', remove);
  }
}
