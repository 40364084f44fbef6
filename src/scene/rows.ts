/** Rows one below the other, each with an estimate and its interval, around a line at 0. */
import type { ArmMark } from './marks/armMark';
import { symbolOf, type Axis, type Mark } from './scene';

/** Rows at their values, the first at the top. @param end of the last row */
export function rowAxis(ticks: NonNullable<Axis['ticks']>, end = ticks.length): Axis {
  return { label: '', kind: 'linear', domain: [-0.5, end - 0.5], ticks, format: String, down: true };
}

export function zeroRule(end: number): Mark {
  const stroke = { colour: 'var(--ink-3)', width: 1 };
  return { series: 'zero', kind: 'rule', from: [0, -0.5], to: [0, end - 0.5], stroke };
}

export function rowMarks(
  series: string,
  mark: ArmMark,
  row: number,
  value: number,
  interval: readonly [low: number, high: number] | null,
  filled = true,
): Mark[] {
  const stroke = { colour: mark.colour, width: 1.75 };
  const rule = interval && ({ series, kind: 'rule', from: [interval[0], row], to: [interval[1], row], stroke } as const);
  return [...(rule ? [rule] : []), { series, kind: 'points', points: [[value, row]], ...symbolOf(mark, 50, filled) }];
}
