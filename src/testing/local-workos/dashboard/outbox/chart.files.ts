import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { folder } from '../../../../outbox/sqlite/sqlite.folder.cjs';

/** uPlot as a browser loads it. */
export interface ChartFiles {
  readonly script: string;
  readonly style: string;
}

let found: ChartFiles | undefined;

/** The files of uPlot, once they are found. Until then each call looks again, so that one may install it meanwhile. */
export function chartFiles(): ChartFiles | undefined {
  return (found ??= findChartFiles([folder, process.cwd()]));
}

/**
 * The files of uPlot, an optional peer dependency, as the first of these folders finds them: that of this package, or
 * that of the application. Undefined where it is not installed.
 */
export function findChartFiles(folders: readonly string[]): ChartFiles | undefined {
  for (const base of folders) {
    try {
      const { resolve } = createRequire(join(base, 'here.js'));
      return {
        script: readFileSync(resolve('uplot/dist/uPlot.iife.min.js'), 'utf8'),
        style: readFileSync(resolve('uplot/dist/uPlot.min.css'), 'utf8'),
      };
    } catch {
      // Not here; perhaps in the next one.
    }
  }
  return undefined;
}
