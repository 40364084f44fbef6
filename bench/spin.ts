/**
 * Reads the clock for about `ms`.
 * @returns the share of time in which the thread did not run. Needs nothing but the clock, so that its text
 * can be run.
 */
export function spin(ms: number): number {
  // Clocks of browsers move in steps of up to a millisecond.
  const gap = 2;
  const start = performance.now();
  let last = start;
  let lost = 0;
  while (last - start < ms) {
    const next = performance.now();
    if (next - last >= gap) lost += next - last;
    last = next;
  }
  return lost / (last - start);
}
