import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../delivery/backoff.js';
import { messageOf } from '../event/text.js';
import { apiError, AuditWorkOSError } from '../workos/api.error.js';
import { secureUrl } from '../workos/loopback.js';
import type { WorkOSApi } from '../workos/workos.api.js';
import { exportRequest, readExport } from './export.js';
import { refuseEnded } from './export.wait.js';
import { FilePart, type FileState, PartError } from './file.part.js';

/** Attempts that bring nothing, one after another, before it gives up. */
const MAX_FAILURES = 5;
const BACKOFF = { minMs: 250, maxMs: 5_000 };

/** The CSV of a ready export. Resolves when its first bytes are there. */
export async function downloadExport(workos: WorkOSApi, id: string, signal?: AbortSignal): Promise<Readable> {
  const ended = new AbortController();
  const download = new Download(workos, id, signal ? AbortSignal.any([signal, ended.signal]) : ended.signal);
  const chunks = download.chunks();
  let next: Promise<IteratorResult<Buffer, void>> | undefined = Promise.resolve(await chunks.next());
  const onAbort = (): void => void readable.destroy(signal?.reason as Error);
  // Not Readable.from(), which cannot be destroyed while it waits for a chunk.
  const readable = new Readable({
    read() {
      (next ?? chunks.next()).then(
        ({ value }) => this.push(value ?? null),
        (error: Error) => this.destroy(error),
      );
      next = undefined;
    },
    destroy(error, done) {
      signal?.removeEventListener('abort', onAbort);
      ended.abort();
      done(error);
    },
  });
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted) onAbort();
  return readable;
}

/** One download: link after link, part after part, until the file is whole. */
class Download {
  /** What is known of the file from its first part; every other must be of the same. */
  readonly #file: FileState = { offset: 0 };
  #failures = 0;

  constructor(
    private readonly workos: WorkOSApi,
    private readonly id: string,
    private readonly signal: AbortSignal,
  ) {}

  async *chunks(): AsyncGenerator<Buffer, void> {
    for (;;) {
      try {
        const part = await FilePart.open(this.workos, await this.#link(), this.#file, this.signal);
        for await (const chunk of part.chunks()) {
          this.#failures = 0;
          yield chunk;
        }
        return;
      } catch (error) {
        await this.#goOn(error);
      }
    }
  }

  /** A new link each time: ten minutes are short for a large file on a slow line. */
  async #link(): Promise<URL> {
    const request = exportRequest(this.id);
    const { outcome, value } = await this.workos.once(request, this.signal);
    if (outcome.kind !== 'delivered') {
      const failed = apiError(request.what, outcome, request.meanings ?? (() => undefined));
      if (outcome.kind === 'retry' || outcome.kind === 'throttled')
        throw new PartError(failed.message, { cause: failed });
      throw failed;
    }
    const found = readExport(request.what, value);
    refuseEnded(found);
    if (found.state === 'ready' && found.url === null) throw new PartError(`${request.what} is ready but has no link`);
    if (found.url === null) {
      throw new AuditWorkOSError(
        'export_pending',
        `${request.what} is not ready (state '${found.state}'). Await wait('${this.id}') first.`,
      );
    }
    const url = secureUrl(found.url);
    if (url) return url;
    throw new AuditWorkOSError('unexpected', `${request.what} has a link that is no https URL, so it is not followed.`);
  }

  /** Decides after a failure whether to make another attempt. */
  async #goOn(error: unknown): Promise<void> {
    this.signal.throwIfAborted();
    if (!(error instanceof PartError)) throw error;
    this.#failures += 1;
    const { offset } = this.#file;
    if (this.#failures < MAX_FAILURES && error.canGoOn) {
      await sleep(backoffMs(this.#failures - 1, BACKOFF), undefined, { signal: this.signal }).catch(() => {
        this.signal.throwIfAborted();
      });
      return;
    }
    if (error.cause instanceof AuditWorkOSError && offset === 0) throw error.cause;
    const after = offset === 0 ? 'before its first byte' : `after ${offset} bytes`;
    throw new AuditWorkOSError(
      'export_broken',
      `The download of the export '${this.id}' broke ${after}: ${messageOf(error)}. What has arrived is not the whole file; ` +
        `stream('${this.id}') again.`,
      { cause: error },
    );
  }
}
