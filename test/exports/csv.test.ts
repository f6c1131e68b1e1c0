import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { csvRecords } from '../../src/exports/csv.reader.js';

/** Reads a text in pieces of so many characters. */
async function read(text: string, size = Math.max(text.length, 1)): Promise<(readonly string[])[]> {
  async function* chunks(): AsyncGenerator<string> {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
  }
  return (await Array.fromAsync(csvRecords(chunks()))).map(({ cells }) => cells);
}

/** The same numbers at each run. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('the CSV reader', () => {
  test.each<[string, string, string[][]]>([
    [
      'plain cells',
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'lines that end in LF, and a last one that does not end',
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'empty cells',
      ',\n"",\n',
      [
        ['', ''],
        ['', ''],
      ],
    ],
    ['quotes, commas and line breaks in quoted cells', '"a ""b""","c,\r\nd\n"\n', [['a "b"', 'c,\r\nd\n']]],
    ['a quoted carriage return', '"a\rb"\n', [['a\rb']]],
    ['a quoted cell of nothing but quotes', '""""""\n', [['""']]],
    ['an empty last quoted cell', 'a,""', [['a', '']]],
    ['a byte order mark', '\uFEFFa,b\n', [['a', 'b']]],
    ['empty lines', '\n\r\na\n\n\nb\n\n', [['a'], ['b']]],
    ['white space as it is', ' a , b \n', [[' a ', ' b ']]],
    ['letters of every alphabet', 'ä,日本,🙂\n', [['ä', '日本', '🙂']]],
    ['nothing', '', []],
  ])('reads %s, in chunks of any size', async (_, text, records) => {
    for (let size = 1; size <= text.length + 1; size += 1)
      expect([size, await read(text, size)]).toEqual([size, records]);
  });

  test.each<[string, string, string]>([
    ['a quote that is never closed', 'a,b\n"c,\nd', 'line 3 ends within a quoted cell, so it was cut off'],
    ['text after a closing quote', 'a\n"b"c\n', 'line 2 has text after a closing quote'],
    ['a quote within a plain cell', 'a"b\n', 'line 1 has a quote within a cell that is not quoted'],
    ['a carriage return within a line', 'a\rb\n', 'line 1 has a carriage return within a line'],
    ['a carriage return at the end', 'a\r', 'line 1 ends with a carriage return alone'],
    ['a carriage return after a quoted cell', '"a"\rb', 'line 1 has a carriage return within a line'],
  ])('refuses %s, in chunks of any size', async (_, text, message) => {
    for (let size = 1; size <= text.length; size += 1) await expect(read(text, size)).rejects.toThrow(message);
  });

  test('says in which line a record begins', async () => {
    async function* chunks(): AsyncGenerator<string> {
      yield 'a\n"b\n\nb"\n\nc';
    }
    const records = await Array.fromAsync(csvRecords(chunks()));
    expect(records.map(({ line, cells }) => [line, cells[0]])).toEqual([
      [1, 'a'],
      [2, 'b\n\nb'],
      [6, 'c'],
    ]);
  });

  test('reads what csv-parse reads, and refuses what it refuses', async () => {
    const random = randomOf(1);
    const pieces = ['a', 'bc', ',', ',', '"', '"', '""', '\n', '\r\n', ' ', 'é', '","', '"\n'];
    let readable = 0;
    for (let i = 0; i < 20_000; i += 1) {
      const text = Array.from(
        { length: Math.floor(random() * 12) },
        () => pieces[Math.floor(random() * pieces.length)],
      ).join('');
      const options = { relax_column_count: true, record_delimiter: ['\r\n', '\n'], skip_empty_lines: true };
      let expected: string[][] | undefined;
      try {
        expected = parse(text, options);
      } catch {
        expected = undefined;
      }
      const found = await read(text, 1 + Math.floor(random() * 5)).catch(() => undefined);
      expect([text, found]).toEqual([text, expected]);
      if (expected) readable += 1;
    }
    expect(readable).toBeGreaterThan(2_000);
  });
});
