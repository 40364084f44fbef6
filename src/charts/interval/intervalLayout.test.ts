import { expect, it } from 'vitest';
import { layOutIntervals } from './intervalLayout';

const chart = (names: readonly string[], points: readonly string[]) =>
  names.map((label) => ({ label, points: points.map((point) => ({ label: point })) }));

it('never draws the label of a group over that of its first point', () => {
  const groups = chart(['Action · rank 64', 'Zero-shot'], ['neighbours', 'words']);
  for (let width = 220; width <= 700; width += 10) {
    const { left, placed, area, height } = layOutIntervals(groups, width);
    for (const { group, y, rows } of placed) {
      const sameLine = rows.some((row) => Math.abs(row.y - y) < 12);
      // 12 px type, bold and regular, in the page's fonts.
      if (sameLine) expect(7.2 * group.label.length + 6.2 * 'neighbours'.length).toBeLessThan(left - 8);
    }
    expect(placed.at(-1)!.rows.at(-1)!.y).toBeLessThan(area.bottom);
    expect(area.bottom).toBeLessThan(height);
    expect(area.right - area.left).toBeGreaterThanOrEqual(40);
  }
});

it('has labels side by side where there is room', () => {
  const { placed } = layOutIntervals(chart(['KARMA'], ['all', 'warm']), 400);
  expect(placed[0]!.y).toBe(placed[0]!.rows[0]!.y);
});
