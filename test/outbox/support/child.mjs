// What a process of its own does with an outbox: node child.mjs <entry of ./sqlite> <file> <task>
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

if (process.env.UNPRIVILEGED && process.getuid() === 0) {
  process.setgroups([]);
  process.setgid(65_534);
  process.setuid(65_534);
}

const [entry, path, task, ...rest] = process.argv.slice(2);
const { sqliteOutbox } = await import(pathToFileURL(entry).href);
const outbox = sqliteOutbox({ path, ...JSON.parse(rest[0] ?? '{}') });
const say = (line) => writeSync(1, `${line}\n`);

const event = {
  action: 'thing.make',
  organizationId: 'org_1',
  occurredAt: new Date().toISOString(),
  actor: { id: 'user_1', type: 'user', metadata: {} },
  targets: [],
  context: { location: 'internal' },
  metadata: { text: 'x'.repeat(500) },
};
const make = () => ({ id: randomUUID(), recordedAt: Date.now(), event });

const tasks = {
  /** Opens, appends one, closes. */
  async once() {
    await outbox.append([make()]);
    await outbox.close();
  },
  /** Says which threads of the process know SQLite, and leaves without a close. */
  async leave() {
    await outbox.append([make()]);
    say(JSON.stringify(process.moduleLoadList.filter((name) => name.includes('sqlite'))));
  },
  /** Leaves while it appends. */
  async hurry() {
    void outbox.append([make()]).then(() => say('stored'));
  },
  /** Appends until it is killed, and says what was acknowledged. */
  async append() {
    const writer = async () => {
      for (;;) {
        const one = make();
        await outbox.append([one]);
        say(one.id);
      }
    };
    await Promise.all(Array.from({ length: 8 }, writer));
  },
  /** Claims until nothing is left, and says what it got. */
  async claim() {
    for (;;) {
      const batch = await outbox.claim(7, 60_000);
      if (batch.length === 0) break;
      for (const { id } of batch) say(id);
      await outbox.complete(batch.map(({ id }) => id));
    }
    await outbox.close();
  },
};

try {
  await outbox.open();
  await tasks[task]();
} catch (error) {
  say(`${error.name}: ${error.message}`);
}
