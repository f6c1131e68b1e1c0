/** The value below which half of the others are. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2;
}

/** `0.83 (0.79–0.86)`: the median and the extremes of all rounds. */
export function spread(values: readonly number[], digits: number, unit = ''): string {
  if (values.length === 0) return '–';
  const text = (value: number): string =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const range = values.length > 1 ? ` (${text(Math.min(...values))}–${text(Math.max(...values))})` : '';
  return `${text(median(values))}${unit}${range}`;
}

/** Each value by the one of the same round. */
export function ratios(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, round) => value / at(others, round));
}

/** What each value has more than the one of the same round. */
export function differences(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, round) => value - at(others, round));
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? Number.NaN;
}
