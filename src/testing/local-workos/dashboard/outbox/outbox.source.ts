import { loopbackUrl } from '../../http/loopback.js';
import { type LocalWorkOSOutboxFigures, readFigures } from './outbox.figures.js';

/**
 * Where the figures of an application's outbox come from: a function in the same process, or the URL on this machine
 * where the application answers them as JSON.
 *
 * @example () => app.get(AuditService).stats()
 * @example 'http://localhost:3000/audit-stats'
 */
export type LocalWorkOSOutboxSource =
  (() => LocalWorkOSOutboxFigures | Promise<LocalWorkOSOutboxFigures>) | string | URL;

/** No figures are longer. In characters. */
const MAX_LENGTH = 16 * 1024;
/** Slower endpoints count as hanging. */
const TIMEOUT_MS = 2000;

/**
 * One way to ask, whichever it is. What it gives rejects with an error that says why there are no figures.
 *
 * @throws Error for a URL that is none, or not on this machine
 */
export function questionOf(source: LocalWorkOSOutboxSource): () => Promise<LocalWorkOSOutboxFigures> {
  if (typeof source === 'function') return async () => readFigures(await source());
  const url = loopbackUrl(String(source));
  if (url === undefined) {
    throw new Error(
      `LocalWorkOS: outbox must be a function such as () => audit.stats(), or an http URL on this machine, not '${String(source)}'.`,
    );
  }
  return () => fetchFigures(url);
}

async function fetchFigures(url: URL): Promise<LocalWorkOSOutboxFigures> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    // The cause has the words; the error itself says just "fetch failed".
    const { cause = error } = error as { cause?: unknown };
    throw new Error(`${url.href} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause: error,
    });
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url.href} answers ${response.status}`);
  if (text.length > MAX_LENGTH) throw new Error(`${url.href} answers more than figures`);
  return readFigures(parsed(text, url));
}

function parsed(text: string, url: URL): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${url.href} answers something else than JSON`, { cause });
  }
}
