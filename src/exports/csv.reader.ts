/** Text that is no CSV by RFC 4180. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
}

/** One record and the line that it begins in, counted from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads CSV by RFC 4180, strictly, in chunks of any size: lines may end in CRLF or LF, quoted cells may hold anything, and
 * what is neither (a quote within a plain cell, text after a closing quote, a quote that is never closed) is an error. Empty
 * lines are passed over. Its own reader, because the package depends on nothing beyond its peers, and strictness is what an
 * export cut in the middle is noticed by; the tests compare it with the npm package csv-parse.
 *
 * @example for await (const { cells } of csvRecords(chunks)) …
 * @throws CsvError that names the line
 */
export async function* csvRecords(chunks: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  const reader = new CsvReader();
  for await (const chunk of chunks) yield* reader.read(chunk);
  yield* reader.end();
}

class CsvReader {
  #state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  #cells: string[] = [];
  #cell = '';
  #line = 1;
  #firstLine = 1;
  #isFirstChunk = true;
  /** A CR is a line's end only before an LF. */
  #cr = false;

  *read(text: string): Generator<CsvRecord> {
    const chunk = this.#isFirstChunk ? text.replace(/^\uFEFF/, '') : text;
    if (text !== '') this.#isFirstChunk = false;
    for (let at = 0; at < chunk.length; at += 1) {
      if (this.#state === 'quoted') at = this.#quoted(chunk, at);
      else if (chunk[at] === '\n') yield* this.#newLine();
      else this.#character(chunk, at);
      if (this.#state === 'plain' && !this.#cr) at = this.#plain(chunk, at + 1) - 1;
    }
  }

  *end(): Generator<CsvRecord> {
    if (this.#state === 'quoted') throw this.#error('ends within a quoted cell, so it was cut off');
    if (this.#cr) throw this.#error('ends with a carriage return alone');
    yield* this.#record();
  }

  /** Takes what belongs to a quoted cell, up to the quote that may close it. @returns the index of the last one taken */
  #quoted(chunk: string, from: number): number {
    const quote = chunk.indexOf('"', from);
    const part = chunk.slice(from, quote === -1 ? undefined : quote);
    for (let at = part.indexOf('\n'); at !== -1; at = part.indexOf('\n', at + 1)) this.#line += 1;
    this.#cell += part;
    if (quote === -1) return chunk.length - 1;
    this.#state = 'closed';
    return quote;
  }

  /** Takes the rest of a plain cell. @returns the index of the first character that is not part of it */
  #plain(chunk: string, from: number): number {
    PLAIN_END.lastIndex = from;
    const end = PLAIN_END.exec(chunk)?.index ?? chunk.length;
    this.#cell += chunk.slice(from, end);
    return end;
  }

  #character(chunk: string, at: number): void {
    const character = chunk[at] as string;
    if (this.#cr) throw this.#error('has a carriage return within a line');
    if (character === ',') this.#endCell();
    else if (character === '\r') this.#cr = true;
    else if (character === '"') this.#quote();
    else if (this.#state === 'closed') throw this.#error('has text after a closing quote');
    else {
      this.#state = 'plain';
      this.#cell += character;
    }
  }

  #quote(): void {
    if (this.#state === 'plain') throw this.#error('has a quote within a cell that is not quoted');
    if (this.#state === 'closed') this.#cell += '"';
    this.#state = 'quoted';
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = '';
    this.#state = 'start';
  }

  *#newLine(): Generator<CsvRecord> {
    this.#cr = false;
    this.#line += 1;
    yield* this.#record();
    this.#firstLine = this.#line;
  }

  *#record(): Generator<CsvRecord> {
    const isEmpty = this.#cells.length === 0 && this.#cell === '' && this.#state === 'start';
    if (isEmpty) return;
    this.#endCell();
    const cells = this.#cells;
    this.#cells = [];
    yield { line: this.#firstLine, cells };
  }

  #error(problem: string): CsvError {
    return new CsvError(`line ${this.#line} ${problem}`);
  }
}

const PLAIN_END = /[",\r\n]/g;
