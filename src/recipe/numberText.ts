/** Four significant digits, `2e-3` for small ones, `–` for what is not a number. */
export function compact(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size < 0.01 || size >= 1e5 ? value.toExponential().replace('e+', 'e') : String(Number(value.toPrecision(4)));
}
