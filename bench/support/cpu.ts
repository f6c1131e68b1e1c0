/** CPU time in microseconds since the process started. */
export interface Cpu {
  /** Of the whole process, its other threads included. */
  readonly all: number;
  /** Of the main thread; `NaN` before Node 23.9. */
  readonly main: number;
}

export function cpu(): Cpu {
  const main = (process as { threadCpuUsage?: () => NodeJS.CpuUsage }).threadCpuUsage?.();
  return { all: sum(process.cpuUsage()), main: main ? sum(main) : Number.NaN };
}

/** What was used between two readings, for each of `count`. */
export function cpuEach(from: Cpu, to: Cpu, count: number): Cpu {
  return { all: (to.all - from.all) / count, main: (to.main - from.main) / count };
}

function sum({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}
