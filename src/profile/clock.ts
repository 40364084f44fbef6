/** The step of an adapter's clock in words: `1 ns`, `65.5 µs`. */
export function clockStep(resolutionMs: number): string {
  const microseconds = 1000 * resolutionMs;
  return microseconds < 1 ? `${Math.round(1000 * microseconds)} ns` : `${Number(microseconds.toPrecision(3))} µs`;
}
