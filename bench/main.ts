import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { draining } from './draining/draining.js';
import { postgres } from './postgres/postgres.js';
import { recordPath } from './recording/record-path.js';
import { waiting } from './recording/waiting.js';
import { machine } from './support/machine.js';
import { clearFolder, hasSqlite, type OutboxName } from './support/outboxes.js';
import { throughput } from './throughput/throughput.js';
import { unaudited } from './throughput/unaudited.js';
import { platforms } from './throughput/variants.js';

const USAGE = `npm run bench -- [--quick] [--write] [--rounds 5] [--only unaudited,throughput,record,waiting,draining,postgres]

  --quick   one short round, to see that it works; its figures mean nothing
  --write   writes bench/results.md as well
`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', default: 'unaudited,throughput,record,waiting,draining,postgres' },
    help: { type: 'boolean', default: false },
  },
});

/** Measures what was asked for, and gives the report. */
async function run(): Promise<string> {
  const { quick } = values;
  clearFolder();
  const rounds = Number(values.rounds ?? (quick ? 1 : 5));
  const progress = (text: string): void => void process.stderr.write(`${text}\n`);
  const sqlite = await hasSqlite();
  if (!sqlite) progress('SQLite is left out: this build or this Node does not have it');
  const outboxes: OutboxName[] = sqlite ? ['memory', 'SQLite', 'SQLite, durability normal'] : ['memory'];
  const served = quick
    ? { warmUp: { enough: 300, seconds: 1 }, seconds: 0.3, pacedSeconds: 0.3 }
    : { warmUp: { enough: 8_000, seconds: 0.8 }, seconds: 0.8, pacedSeconds: 0.6 };
  const turns = quick
    ? { warmUpSeconds: 0.1, slices: 2, sliceSeconds: 0.1 }
    : { warmUpSeconds: 0.4, slices: 7, sliceSeconds: 0.12 };
  const common = { rounds, progress };
  const parts: Record<string, () => Promise<string>> = {
    unaudited: () => unaudited({ ...common, ...turns, platforms }),
    throughput: () => throughput({ ...common, ...served, platforms, sqlite }),
    record: () => recordPath({ ...common, outboxes, events: quick ? 2_000 : 10_000 }),
    waiting: () =>
      waiting({ ...common, outboxes: ['nothing', ...outboxes.slice(0, 2)], events: quick ? 10_000 : 100_000 }),
    postgres: () => postgres({ ...common, seconds: quick ? 0.5 : 1.5, timed: quick ? 40 : 200 }),
    draining: () => draining({ ...common, outboxes: outboxes.slice(0, 2), events: quick ? 2_000 : 20_000 }),
  };
  const report = [
    '# Benchmark',
    `${machine()}. Each figure is the median of ${rounds} interleaved rounds, every one in new processes, with the least and the greatest in brackets.`,
  ];
  for (const name of values.only.split(',')) {
    const part = parts[name];
    if (!part) throw new Error(`there is no part '${name}'; the parts are ${Object.keys(parts).join(', ')}`);
    report.push(await part());
  }
  clearFolder();
  return `${report.join('\n\n')}\n`;
}

if (values.help) process.stdout.write(USAGE);
else {
  const report = await run();
  process.stdout.write(report);
  // From build/bench.
  if (values.write) writeFileSync(fileURLToPath(new URL('../../bench/results.md', import.meta.url)), report);
}
