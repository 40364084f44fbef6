/**
 * Arms in the plane of ranking and language: a line through the points of each, and what no point beats in
 * both.
 */
import type { ArmMark } from '../marks/armMark';
import { numberAxis, padded, strokeOf, symbolOf, type Mark, type ScenePanel, type Point } from '../scene';

export interface TradeoffLine {
  readonly label: string;
  readonly mark: ArmMark;
  /** In order of t. */
  readonly points: readonly Point[];
  /** The point of the arm as it was trained. */
  readonly trained: Point | null;
}

/** @param front the points that no other beats in both, from left to right */
export function tradeoffPanel(
  lines: readonly TradeoffLine[],
  front: readonly Point[],
  { x, y }: { readonly x: string; readonly y: string },
): ScenePanel {
  const all = lines.flatMap(({ points }) => points);
  const across = all.map(([at]) => at);
  const up = all.map(([, at]) => at);
  return {
    name: y,
    x: numberAxis(x, padded(across, 0.06)),
    y: numberAxis(y, padded(up, 0.08), true),
    marks: [
      { series: 'front', kind: 'line', points: front, stroke: { colour: 'var(--hair-strong)', width: 5, opacity: 0.6 } },
      ...lines.flatMap(({ label: series, mark, points, trained }): Mark[] => [
        { series, kind: 'line', points, stroke: strokeOf(mark, 1.5) },
        { series, kind: 'points', points, ...symbolOf(mark, 16) },
        ...(trained === null ? [] : [{ series, kind: 'points', points: [trained], ...symbolOf(mark, 90) } as const]),
      ]),
    ],
    shape: { ratio: 0.66 },
  };
}
