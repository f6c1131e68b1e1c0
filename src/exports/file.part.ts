import { messageOf } from '../event/text.js';
import type { WorkOSApi } from '../workos/workos.api.js';

/** What is known of a file that is downloaded in parts. */
export interface FileState {
  /** So many bytes have been handed on. */
  offset: number;
  /** The strong entity tag of the first part. */
  etag?: string;
  /** Its whole length in bytes. */
  length?: number;
  /** Whether a first part has begun, so that every other must be of the same file. */
  begun?: boolean;
}

/** A part did not arrive, or only half of it. */
export class PartError extends Error {
  override readonly name = 'PartError';
  /** Whether another attempt may help. */
  readonly canGoOn: boolean;

  constructor(message: string, options: { readonly cause?: unknown; readonly canGoOn?: boolean } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.canGoOn = options.canGoOn ?? true;
  }
}

/** No byte for so many times the limit of a request: the connection is as good as broken. 30 s by default. */
const IDLE_LIMITS = 3;

/** Statuses of a link that has expired or is not there yet, as S3 and its like have them; a new link may work. */
const LINK_STATUSES: readonly number[] = [400, 401, 403, 404, 410];

/** The file from where it is wanted to its end, over one connection. */
export class FilePart {
  private constructor(
    private readonly response: Response,
    private readonly file: FileState,
    /** Bytes at the front that were handed on before. */
    private readonly skip: number,
    private readonly stop: AbortController,
    private readonly idleMs: number,
  ) {}

  /** @throws PartError */
  static async open(workos: WorkOSApi, url: URL, file: FileState, signal: AbortSignal): Promise<FilePart> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new Error(`no answer within ${workos.timeoutMs} ms`)), workos.timeoutMs);
    try {
      const response = await workos.fetch(url, {
        headers: headersFor(file),
        signal: AbortSignal.any([signal, stop.signal]),
      });
      return new FilePart(response, file, take(response, file), stop, IDLE_LIMITS * workos.timeoutMs);
    } catch (error) {
      stop.abort();
      if (error instanceof PartError || signal.aborted) throw error;
      throw new PartError(`the file's server does not answer: ${messageOf((error as Error).cause ?? error)}`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws PartError when the body ends before the file does */
  async *chunks(): AsyncGenerator<Buffer, void> {
    let { skip } = this;
    const reader = this.response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
    try {
      for (;;) {
        const { done, value } = (await this.#read(reader)) ?? { done: true };
        if (done || value === undefined) break;
        const wanted = Buffer.from(value.buffer, value.byteOffset, value.byteLength).subarray(skip);
        skip -= value.byteLength - wanted.byteLength;
        if (wanted.byteLength === 0) continue;
        this.file.offset += wanted.byteLength;
        yield wanted;
      }
    } finally {
      this.stop.abort();
    }
    const { offset, length } = this.file;
    if (length !== undefined && offset !== length) throw this.#broken(`it ended after ${offset} of ${length} bytes`);
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array> | undefined) {
    const timer = setTimeout(() => this.stop.abort(new Error(`no byte came for ${this.idleMs} ms`)), this.idleMs);
    try {
      return await reader?.read();
    } catch (error) {
      const { cause } = error as { cause?: unknown };
      throw this.#broken(`the connection broke: ${messageOf(this.stop.signal.reason ?? cause ?? error)}`, error);
    } finally {
      clearTimeout(timer);
    }
  }

  #broken(problem: string, cause?: unknown): PartError {
    const canGoOn = this.file.offset === 0 || this.file.etag !== undefined;
    return new PartError(
      canGoOn ? problem : `${problem}, and its server cannot tell whether it is still the same file`,
      {
        cause,
        canGoOn,
      },
    );
  }
}

/** Byte ranges count bytes as they are sent, so the file must not be compressed on its way. */
function headersFor({ offset, etag }: FileState): Record<string, string> {
  const plain = { 'accept-encoding': 'identity' };
  return offset > 0 && etag !== undefined ? { ...plain, range: `bytes=${offset}-`, 'if-range': etag } : plain;
}

/**
 * Compares an answer with what is known of the file.
 *
 * @returns how many bytes at its front were handed on before
 * @throws PartError for an answer that is not that file
 */
function take(response: Response, file: FileState): number {
  const { status, headers } = response;
  if (LINK_STATUSES.includes(status)) throw new PartError(`the link no longer works (HTTP ${status})`);
  if (status !== 200 && status !== 206) throw new PartError(`the file's server answers HTTP ${status}`);
  const seen = stateOf(response, file.offset);
  if (!file.begun) {
    if (status === 206) throw new PartError('the server sent a part of the file that nobody asked for', FINAL);
    // A body of chunks says where it ends.
    if (headers.get('content-length') === null && headers.get('transfer-encoding') === null) {
      throw new PartError('the server does not say how long the file is, so that a cut one would look whole', FINAL);
    }
    Object.assign(file, seen, { begun: true });
    return 0;
  }
  if (file.offset > 0 && (file.etag === undefined || seen.etag !== file.etag || seen.length !== file.length)) {
    throw new PartError('the file at the new link is another one', FINAL);
  }
  if (file.offset === 0) Object.assign(file, { etag: undefined, length: undefined }, seen);
  return status === 206 ? 0 : file.offset;
}

const FINAL = { canGoOn: false };

function stateOf({ status, headers }: Response, offset: number): Pick<FileState, 'etag' | 'length'> {
  const encoded = (headers.get('content-encoding') ?? 'identity') !== 'identity';
  const tag = headers.get('etag');
  const etag = tag === null || tag.startsWith('W/') || encoded ? {} : { etag: tag };
  if (status === 206) {
    const [, start, length] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? [];
    if (Number(start) !== offset) throw new PartError('the server sent another part than was asked for', FINAL);
    return { ...etag, length: Number(length) };
  }
  const length = headers.get('content-length');
  return length === null || encoded ? etag : { ...etag, length: Number(length) };
}
