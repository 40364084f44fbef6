import { expect, it } from 'vitest';
import type { IntervalsData } from '../../scene/charts/intervals';
import { armMark } from '../../scene/marks/armMark';
import { layOutIntervals } from './intervalLayout';

const chart = (names: readonly string[], points: readonly string[]): Omit<IntervalsData, 'kind'> => ({
  ...{ name: '', xLabel: '' },
  groups: names.map((label) => ({
    ...{ id: label, label, mark: armMark(label, names) },
    points: points.map((point) => ({ label: point, value: 0.1, interval: null })),
  })),
});

it('never draws the label of a group over that of its first point', () => {
  const groups = chart(['Action · rank 64', 'Zero-shot'], ['neighbours', 'words']);
  for (let width = 220; width <= 700; width += 10) {
    const { left, panel, axes, area, height } = layOutIntervals(groups, width);
    for (const { group, heading, points } of panel.rows) {
      const sameLine = points.some((row) => Math.abs(axes.y(row) - axes.y(heading)) < 12);
      // 12 px type, bold and regular, in the page's fonts.
      if (sameLine) expect(7.2 * group.label.length + 6.2 * 'neighbours'.length).toBeLessThan(left - 8);
    }
    expect(axes.y(panel.rows.at(-1)!.points.at(-1)!)).toBeLessThan(area.bottom);
    expect(area.bottom).toBeLessThan(height);
    expect(area.right - area.left).toBeGreaterThanOrEqual(40);
  }
});

it('has labels side by side where there is room', () => {
  const { rows } = layOutIntervals(chart(['KARMA'], ['all', 'warm']), 400).panel;
  expect(rows[0]!.heading).toBe(rows[0]!.points[0]);
});
