// Makes the README's pictures anew, from the story that test/browser/story.test.ts walks through in a real Chromium.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The README's names, and the story's. */
const PICTURES = { blog: 'blog', trail: 'trail-waiting', settings: 'settings' };
/** So long that the charts show how the events begin to wait. */
const OUTAGE_SECONDS = '30';

const root = fileURLToPath(new URL('..', import.meta.url));
const taken = `${root}build/screenshots`;
const begun = Date.now();

const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', 'test/browser/story.test.ts'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, OUTAGE_SECONDS, SCREENSHOTS: taken } },
);
if (status !== 0) process.exit(status ?? 1);

mkdirSync(`${root}docs/images`, { recursive: true });
for (const [name, source] of Object.entries(PICTURES)) {
  const { mtimeMs, size } = statSync(`${taken}/${source}.png`);
  if (mtimeMs < begun) throw new Error(`${source}.png was not taken: is there no Chromium? CHROMIUM may name one.`);
  copyFileSync(`${taken}/${source}.png`, `${root}docs/images/${name}.png`);
  process.stdout.write(`docs/images/${name}.png  ${Math.round(size / 1024)} KB\n`);
}
