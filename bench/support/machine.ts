import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { folder } from './outboxes.js';
import { median } from './statistics.js';

/** What the figures depend on. */
export function machine(): string {
  const load = loadavg()[0]?.toFixed(1);
  return (
    `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, ${process.platform}, ` +
    `Node ${process.versions.node}, load ${load} at the start, fsync of 4 KiB ${fsyncMs().toFixed(2)} ms`
  );
}

function fsyncMs(): number {
  const path = `${folder}fsync`;
  const file = openSync(path, 'w');
  const block = Buffer.alloc(4_096, 1);
  const times = Array.from({ length: 100 }, () => {
    const start = performance.now();
    writeSync(file, block);
    fsyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  rmSync(path);
  return median(times);
}
