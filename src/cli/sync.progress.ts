import type { AuditCatalogue } from '../catalogue/define.js';
import type { AuditSchema } from '../catalogue/versions.js';
import type { Output } from './output.js';

/** What a sync says while it runs. */
export class SyncProgress {
  #done = 0;
  #total = 0;

  constructor(
    private readonly output: Output,
    private readonly json: boolean,
  ) {}

  reading({ actions }: AuditCatalogue): void {
    this.output.counter(`reading what WorkOS has of ${actions.size} actions …`);
  }

  /** So many schemas will be created. */
  begin(total: number): void {
    this.#total = total;
    this.#count();
  }

  created({ action, targets }: AuditSchema, version: number): void {
    this.#done += 1;
    if (!this.json)
      this.output.line(`created ${action} version ${version} (${targets.map(({ type }) => type).join(', ')})`);
    this.#count();
  }

  waiting(ms: number, reason: string): void {
    this.output.error(`trying again in ${(ms / 1_000).toFixed(1)} s: ${reason}`);
  }

  #count(): void {
    if (this.#total > 0) this.output.counter(`${this.#done} of ${this.#total} schemas`);
  }
}
