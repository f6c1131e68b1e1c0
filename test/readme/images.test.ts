import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const PNG = '89504e470d0a1a0a';
/** So that the page is quick to load. */
const MAX_BYTES = 150 * 1024;

const readme = readFileSync(new URL('README.md', root), 'utf8');
const images = [...readme.matchAll(/!\[([^\]]*)\]\((?!https?:)([^)]+)\)/g)].map(([, text = '', path = '']) => ({
  text,
  path,
}));

test("the README's pictures are there, described, small, and of one width", () => {
  expect(images).toHaveLength(3);
  for (const { text, path } of images) {
    const file = readFileSync(new URL(path, root));
    expect([path, file.subarray(0, 8).toString('hex')]).toEqual([path, PNG]);
    const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
    expect([path, width]).toEqual([path, 1200]);
    expect(height).toBeGreaterThan(400);
    expect(height).toBeLessThan(1000);
    expect(file.length).toBeGreaterThan(10_000);
    expect(file.length).toBeLessThanOrEqual(MAX_BYTES);
    expect(text.length).toBeGreaterThan(30);
  }
});
