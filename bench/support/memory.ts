import { readFileSync } from 'node:fs';

/** Memory of this process in bytes, after a garbage collection. Anonymous memory is what no file backs: heap, buffers, stacks. */
export interface Memory {
  readonly rss: number;
  /** Linux only; elsewhere `NaN`. */
  readonly rssAnon: number;
  /** Of the main thread: what is alive. */
  readonly heapUsed: number;
}

/** Needs `--expose-gc`. */
export async function memory(): Promise<Memory> {
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed, rssAnon: rssAnon() };
}

function rssAnon(): number {
  if (process.platform !== 'linux') return Number.NaN;
  return Number(/^RssAnon:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1_024;
}
