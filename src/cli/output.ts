import type { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { CliError } from './cli.error.js';
import { jsonText } from './visible.js';

/** What the command says: results on stdout, progress and errors on stderr, and the API key nowhere. */
export class Output {
  #counter = '';
  #failure?: Error;

  constructor(
    private readonly stdout: Writable & { readonly isTTY?: boolean },
    private readonly stderr: Writable & { readonly isTTY?: boolean },
    private readonly secret: string | undefined,
  ) {
    // Whoever reads may stop reading, as `head` does.
    stdout.on('error', (error: Error) => (this.#failure ??= error));
    stderr.on('error', () => {});
  }

  line(text: string): void {
    this.#write(this.stdout, `${text}\n`);
  }

  json(value: unknown): void {
    this.line(jsonText(value, 2));
  }

  error(text: string): void {
    this.#write(this.stderr, `${text}\n`);
  }

  /** A line that is written over by the next one; only for a person who watches. */
  counter(text: string): void {
    if (!this.stderr.isTTY) return;
    this.#write(this.stderr, text);
    this.#counter = text;
  }

  /** Resolves when all results so far were written. @throws CliError when they were not, because the reader or the disk has failed */
  async written(): Promise<void> {
    await this.flush();
    await turn(); // the stream says so after it has called back
    if (this.#failure) throw new CliError(`what it printed was not written: ${this.#failure.message}`);
  }

  /** Resolves when all of it has left the process. */
  async flush(): Promise<void> {
    this.#clearCounter();
    for (const stream of [this.stdout, this.stderr])
      await new Promise<void>((done) => void stream.write('', () => done()));
  }

  #write(stream: Writable, text: string): void {
    this.#clearCounter();
    stream.write(this.secret ? text.replaceAll(this.secret, '[api key]') : text);
  }

  #clearCounter(): void {
    if (this.#counter !== '') this.stderr.write('\r\u001B[K');
    this.#counter = '';
  }
}
