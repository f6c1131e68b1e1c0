/** Numbers of at least 0 and below 1 or, given a bound, below that. */
export type Random = (bound?: number) => number;

/** Runs a test with chance that can be repeated: a failure names its seed, and `SEED=…` takes it again. */
export async function seeded(run: (random: Random) => Promise<void>): Promise<void> {
  const seed = process.env.SEED ? Number(process.env.SEED) : Math.floor(Math.random() * 2 ** 32);
  try {
    await run(mulberry32(seed));
  } catch (error) {
    if (error instanceof Error) error.message = `SEED=${seed}: ${error.message}`;
    throw error;
  }
}

function mulberry32(seed: number): Random {
  let state = seed;
  return (bound = 1) => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound;
  };
}
