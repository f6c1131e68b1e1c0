/** Measures every variant once in each round, one after the other: what disturbs the machine disturbs all of them. */
export async function interleaved<V, M>(
  rounds: number,
  variants: readonly V[],
  measure: (variant: V) => Promise<M>,
  progress: (text: string) => void,
): Promise<Map<V, M[]>> {
  const measured = new Map<V, M[]>(variants.map((variant) => [variant, []]));
  for (let round = 1; round <= rounds; round += 1) {
    progress(`round ${round} of ${rounds}`);
    // Each round begins with another one, so that none is always the first.
    const turn = (round - 1) % variants.length;
    for (const variant of [...variants.slice(turn), ...variants.slice(0, turn)]) {
      measured.get(variant)?.push(await measure(variant));
    }
  }
  return measured;
}

/** One figure of each round. */
export function each<M>(measured: readonly M[] | undefined, pick: (one: M) => number): number[] {
  return (measured ?? []).map(pick);
}
