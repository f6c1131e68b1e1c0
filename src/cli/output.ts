import type { Writable } from 'node:stream';

/** What the command says: results on stdout, progress and errors on stderr, and the API key nowhere. */
export class Output {
  #counter = '';

  constructor(
    private readonly stdout: Writable & { readonly isTTY?: boolean },
    private readonly stderr: Writable & { readonly isTTY?: boolean },
    private readonly secret: string | undefined,
  ) {
    // Whoever reads may stop reading, as `head` does.
    for (const stream of [stdout, stderr]) stream.on('error', () => {});
  }

  line(text: string): void {
    this.#write(this.stdout, `${text}\n`);
  }

  json(value: unknown): void {
    this.line(JSON.stringify(value, undefined, 2));
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
