/** The part of a record in which two runs of one recipe must agree to the last bit: everything but times. */
import type { ArmRecord, RunRecord } from '../record/runRecord';

export type MeasuredValues = readonly unknown[];

export function measuredBy({ arms, baselines, base, complete }: RunRecord): MeasuredValues {
  const timeless = ({ id, steps, evaluations, attention }: ArmRecord): unknown => ({
    ...{ id, attention },
    steps: { ...steps, seconds: [] },
    evaluations: evaluations.map((evaluation) => ({ ...evaluation, seconds: 0, took: 0, perUser: 0 })),
  });
  return [arms.map(timeless), baselines, base, complete];
}

/** Where two values first differ, as `2.arms.0: 1 ≠ 2`; null if they are equal to the last bit. */
export function firstDifference(a: unknown, b: unknown, at = ''): string | null {
  if (Object.is(a, b)) return null;
  const inner = typeof a === 'object' && a !== null && typeof b === 'object' && b !== null;
  if (!inner) return `${at}: ${String(a)} ≠ ${String(b)}`;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const found = firstDifference(left[key], right[key], at === '' ? key : `${at}.${key}`);
    if (found !== null) return found;
  }
  return null;
}
