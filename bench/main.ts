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
import type { TurnsPlan } from './throughput/side-by-side.js';
import { type HandlerKind, platforms } from './throughput/variants.js';

/** Requests a second; below what the slowest variant reaches. */
const PACED_RATE = 400;

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

type Turns = Record<HandlerKind, TurnsPlan>;

/** Of a handler that works a turn must be long against the time in which it answers all connections once. */
function turnsFor(quick: boolean): { turnsOfUnaudited: Turns; turnsOfThroughput: Turns } {
  if (quick) {
    const turns = { warmUp: { enough: 300, seconds: 0.2 }, turns: 1, seconds: 0.2 };
    const paced = { ...turns, paced: { perSecond: PACED_RATE, seconds: 0.2 } };
    return { turnsOfUnaudited: { bare: turns, working: turns }, turnsOfThroughput: { bare: paced, working: paced } };
  }
  const paced = { perSecond: PACED_RATE, seconds: 0.4 };
  const warmUp = { enough: 15_000, seconds: 1.5 };
  return {
    turnsOfUnaudited: {
      bare: { warmUp, turns: 9, seconds: 0.12 },
      working: { warmUp, turns: 4, seconds: 0.5 },
    },
    turnsOfThroughput: {
      bare: { warmUp, turns: 3, seconds: 0.4, paced },
      working: { warmUp, turns: 4, seconds: 0.8, paced },
    },
  };
}

/** Measures what was asked for, and gives the report. */
async function run(): Promise<string> {
  const { quick } = values;
  clearFolder();
  const rounds = Number(values.rounds ?? (quick ? 1 : 5));
  const progress = (text: string): void => void process.stderr.write(`${text}\n`);
  const sqlite = await hasSqlite();
  if (!sqlite) progress('SQLite is left out: this build or this Node does not have it');
  const outboxes: OutboxName[] = sqlite ? ['memory', 'SQLite', 'SQLite, durability normal'] : ['memory'];
  const { turnsOfUnaudited, turnsOfThroughput } = turnsFor(quick);
  const common = { rounds, progress };
  const parts: Record<string, () => Promise<string>> = {
    unaudited: () => unaudited({ ...common, turns: turnsOfUnaudited, platforms }),
    throughput: () => throughput({ ...common, turns: turnsOfThroughput, platforms, sqlite }),
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
