import { fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';

const STDOUT = 1;

/** Where results go. A file gets all of a text or an error: `process.stdout` takes half of it for all on a full disk. */
export function wholeStdout(): Writable & { readonly isTTY?: boolean } {
  return isFile() ? new Writable({ decodeStrings: true, write: writeWhole }) : process.stdout;
}

function writeWhole(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
  try {
    for (let at = 0; at < chunk.length;) at += writeSync(STDOUT, chunk, at);
    done();
  } catch (error) {
    done(error as Error);
  }
}

function isFile(): boolean {
  try {
    return fstatSync(STDOUT).isFile();
  } catch {
    return false; // it was closed by whoever started the command
  }
}
