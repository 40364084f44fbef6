/** The step before or after the shown one; null is the latest. */
export function neighbourStep(steps: readonly number[], chosen: number | null, move: -1 | 1): number | null {
  const last = steps.length - 1;
  const index =
    chosen === null
      ? last
      : Math.max(
          0,
          steps.findLastIndex((step) => step <= chosen),
        );
  const next = Math.max(0, Math.min(last, index + move));
  return next >= last ? null : (steps[next] ?? null);
}
