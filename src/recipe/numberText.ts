/** Sizes that are written in decimals; others are in scientific notation. */
const [LEAST, MOST] = [1e-3, 1e5];

/** Four significant digits, `2e-4` for small ones, `–` for what is not a number. */
export function compact(value: number): string {
  return inDecimals(value) ? decimals(value) : scientific(value);
}

/** `compact` for numbers that are read together, such as those of an axis: all in the same notation. */
export function compactAlike(values: readonly number[]): (value: number) => string {
  return values.every(inDecimals)
    ? compact
    : (value) => (value === 0 || Number.isNaN(value) ? decimals(value) : scientific(value));
}

function inDecimals(value: number): boolean {
  const size = Math.abs(value);
  return value === 0 || Number.isNaN(value) || (size >= LEAST && size < MOST);
}

function decimals(value: number): string {
  return Number.isNaN(value) ? '–' : String(Number(value.toPrecision(4)));
}

function scientific(value: number): string {
  return value.toExponential().replace('e+', 'e');
}
