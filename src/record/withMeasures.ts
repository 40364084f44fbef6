import type { Measured } from './runRecord';

/** What was measured, with more of it. */
export function withMeasures<Of extends Measured>(of: Of, { values, intervals, ...counts }: Partial<Measured>): Of {
  return { ...of, ...counts, values: { ...of.values, ...values }, intervals: { ...of.intervals, ...intervals } };
}
