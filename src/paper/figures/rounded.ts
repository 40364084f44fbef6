/** A number in as few characters as its digits after the point need. */
export function rounded(value: number, digits: number): string {
  return String(Math.round(value * 10 ** digits) / 10 ** digits);
}
