import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../delivery/backoff.js';
import { apiError, AuditWorkOSError, type Failure } from '../workos/api.error.js';
import type { WorkOSApi } from '../workos/workos.api.js';
import { type AuditExport, exportRequest, readExport } from './export.js';

/** What `AuditExports.wait` says while it waits. */
export interface AuditExportProgress {
  readonly state: AuditExport['state'];
  /** How often it has asked. */
  readonly polls: number;
  /** Since it began to wait, in milliseconds. */
  readonly waitedMs: number;
  /** Why the last question got no answer, if it got none; it asks again. */
  readonly error?: string;
}

/** How long to wait, and who may end it. */
export interface AuditExportWaitOptions {
  /** Ends the waiting; the promise rejects with its reason. The export itself goes on at WorkOS. */
  readonly signal?: AbortSignal;
  /** In milliseconds. @default 600_000 (10 minutes) */
  readonly timeoutMs?: number;
  /** Told after each question. */
  readonly onProgress?: (progress: AuditExportProgress) => void;
}

/** Between two questions, about: soon at first, since small exports take a second. */
const BACKOFF = { minMs: 500, maxMs: 10_000 };

/** Asks for an export until it is ready. */
export async function waitForExport(
  workos: WorkOSApi,
  id: string,
  { signal, timeoutMs = 600_000, onProgress }: AuditExportWaitOptions,
): Promise<AuditExport> {
  const request = exportRequest(id);
  const begun = performance.now();
  let state: AuditExport['state'] = 'pending';
  let failure: Failure | undefined;
  for (let polls = 1; ; polls += 1) {
    const { outcome, value } = await workos.once(request, signal);
    failure = outcome.kind === 'delivered' ? undefined : outcome;
    if (failure && failure.kind !== 'retry' && failure.kind !== 'throttled') {
      throw apiError(request.what, failure, request.meanings ?? (() => undefined));
    }
    if (!failure) {
      const found = readExport(request.what, value);
      ({ state } = found);
      if (state === 'ready') return found;
      refuseEnded(found);
    }
    const waitedMs = Math.round(performance.now() - begun);
    onProgress?.({ state, polls, waitedMs, ...(failure && { error: failure.error.message }) });
    const left = timeoutMs - waitedMs;
    if (left <= 0) throw late(id, timeoutMs, failure);
    const asked = failure && 'retryAfterMs' in failure ? failure.retryAfterMs : undefined;
    await sleep(Math.min(asked ?? backoffMs(polls - 1, BACKOFF), left), undefined, { signal }).catch(
      (error: unknown) => {
        signal?.throwIfAborted();
        throw error;
      },
    );
  }
}

/** @throws AuditWorkOSError for an export that will never be ready */
export function refuseEnded({ id, state }: AuditExport): void {
  if (state === 'error') {
    throw new AuditWorkOSError(
      'export_failed',
      `The export '${id}' has failed at WorkOS (state 'error', which says no more). Ask for a new one with create().`,
    );
  }
  if (state === 'expired') {
    throw new AuditWorkOSError(
      'export_expired',
      `The export '${id}' has expired: WorkOS no longer has its file. Ask for a new one with create().`,
    );
  }
}

function late(id: string, timeoutMs: number, failure: Failure | undefined): AuditWorkOSError {
  const last = failure ? ` The last question failed: ${failure.error.message}.` : '';
  return new AuditWorkOSError(
    'export_timeout',
    `The export '${id}' is not ready after ${timeoutMs} ms.${last} It goes on at WorkOS: wait('${id}') again, or give a longer \`timeoutMs\`.`,
  );
}
