// The thread that owns the file: nothing else in the process opens it, so that no fsync stops the event loop. Like all that
// it imports, this file keeps to TypeScript which Node can strip by itself, because the tests start it from the source.
import { statSync } from 'node:fs';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { DatabaseSync } from 'node:sqlite';
import { openFile } from './sqlite.file.js';
import { SqliteGroup } from './sqlite.group.js';
import {
  type SqliteAnswer,
  type SqliteAnswers,
  type SqliteCall,
  type SqliteMessage,
  type SqliteSettings,
  unpack,
} from './sqlite.protocol.js';
import { SqliteStore } from './sqlite.store.js';
import { SqliteUpkeep } from './sqlite.upkeep.js';

/** Calls in one transaction at the most. */
const MAX_GROUP = 1_000;

interface Opened {
  readonly db: DatabaseSync;
  readonly group: SqliteGroup;
  readonly upkeep: SqliteUpkeep;
  /** Which file has the name. */
  readonly inode?: number;
}

class SqliteThread {
  readonly #port: MessagePort;
  readonly #settings: SqliteSettings;
  #opened?: Opened;

  constructor(port: MessagePort, settings: SqliteSettings) {
    this.#port = port;
    this.#settings = settings;
    port.on('message', (message: SqliteMessage) => this.#serve(this.#withWaiting(message)));
  }

  /** All that has arrived meanwhile comes along. */
  #withWaiting(message: SqliteMessage): SqliteCall[] {
    const group = unpack(message);
    while (group.length < MAX_GROUP) {
      const next = receiveMessageOnPort(this.#port);
      if (!next) break;
      group.push(...unpack(next.message as SqliteMessage));
    }
    return group;
  }

  #serve(calls: readonly SqliteCall[]): void {
    this.#port.postMessage(this.#answer(calls).map(brief) satisfies SqliteAnswers);
    if (calls.at(-1)?.operation === 'close') this.#port.close();
  }

  #answer(calls: readonly SqliteCall[]): SqliteAnswer[] {
    try {
      this.#checkIdentity();
      const { group, upkeep } = (this.#opened ??= this.#open());
      const answers = group.run(calls);
      upkeep.schedule();
      if (group.broken || calls.at(-1)?.operation === 'close') this.#close();
      return answers;
    } catch (error) {
      // It did not open; the next call tries again.
      return calls.map(({ call }) => ({ call, failure: error instanceof Error ? error.message : String(error) }));
    }
  }

  #open(): Opened {
    const db = openFile(this.#settings);
    return {
      db,
      group: new SqliteGroup(db, new SqliteStore(db), this.#settings),
      upkeep: new SqliteUpkeep(db, this.#settings),
      inode: this.#inode(),
    };
  }

  /** SQLite would write on into a file that was removed, and all of it would be lost when the process ends. */
  #checkIdentity(): void {
    if (!this.#opened || this.#opened.inode === this.#inode()) return;
    this.#close();
    throw new Error(
      `${this.#settings.file} was removed or replaced while it was in use, and with it what waited there. It is opened anew.`,
    );
  }

  #inode(): number | undefined {
    return statSync(this.#settings.file, { throwIfNoEntry: false })?.ino;
  }

  /** The last connection to close writes the log into the file and removes it. */
  #close(): void {
    this.#opened?.upkeep.stop();
    this.#opened?.db.close();
    this.#opened = undefined;
  }
}

function brief(answer: SqliteAnswer): SqliteAnswer | number {
  return 'result' in answer && answer.result === undefined ? answer.call : answer;
}

/** Node 22 calls SQLite experimental, once in each thread. This one says nothing about it; others are left alone. */
function withoutExperimentalWarning(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning' && warning.message.startsWith('SQLite')) return;
    for (const listener of listeners) listener(warning);
  });
}

withoutExperimentalWarning();
if (parentPort) void new SqliteThread(parentPort, workerData as SqliteSettings);
