import { describe, expect, it } from 'vitest';
import { axisTicks, neatTicks, numberScale, plainNumber, roomyTicks, ticksAt } from './ticks';

describe('numberScale', () => {
  it('maps the ends of a linear domain to the ends of the range', () => {
    const scale = numberScale('linear', [0, 60], [40, 340]);
    expect(scale(0)).toBe(40);
    expect(scale(60)).toBe(340);
    expect(scale.invert(190)).toBe(30);
  });

  it('widens a one-valued domain', () => {
    expect(numberScale('linear', [5, 5], [0, 10])(6)).toBe(10);
    expect(numberScale('log', [5, 5], [0, 10])(50)).toBeCloseTo(10);
  });

  it('keeps a log domain positive', () => {
    expect(numberScale('log', [0, 100], [0, 1]).domain()).toEqual([0.1, 100]);
  });
});

describe('ticks', () => {
  it('places and labels them', () => {
    const ticks = axisTicks(numberScale('linear', [0, 100], [0, 200]), 2, plainNumber);
    expect(ticks.map((tick) => [tick.at, tick.label])).toEqual([
      [0, '0'],
      [100, '50'],
      [200, '100'],
    ]);
  });

  it('drops labels that would touch', () => {
    const ticks = ticksAt(numberScale('log', [1, 200], [0, 230]), [1, 5, 10, 20, 50, 100, 200], plainNumber, 30);
    expect(ticks.map((tick) => tick.label)).toEqual(['1', '5', '10', '20', '50', '100', '200']);
    const tight = ticksAt(numberScale('log', [1, 200], [0, 100]), [1, 5, 10, 20, 50, 100, 200], plainNumber, 30);
    expect(tight.map((tick) => tick.label)).toEqual(['1', '5', '', '', '50', '', '']);
  });

  it('formats numbers plainly', () => {
    expect(plainNumber(1200)).toBe('1,200');
    expect(plainNumber(0.1 + 0.2)).toBe('0.3');
  });
});

describe('neatTicks', () => {
  const neat = (kind: 'linear' | 'log', labels: readonly string[]): string[] =>
    neatTicks(
      kind,
      labels.map((label, value) => ({ value, at: value, label })),
    ).map(({ label }) => label);

  it('writes the decimals that the values of the axis need', () => {
    expect(neat('linear', ['0.0', '10.0', '20.0'])).toEqual(['0', '10', '20']);
    expect(neat('linear', ['7', '7.5', '8', ''])).toEqual(['7.0', '7.5', '8.0', '']);
    expect(neat('linear', ['0.0\u00a0%', '5.0\u00a0%'])).toEqual(['0\u00a0%', '5\u00a0%']);
    expect(neat('linear', ['−0.50', '0.00', '+0.50'])).toEqual(['−0.5', '0.0', '+0.5']);
    expect(neat('log', ['0.100', '1.00', '10.0', '1e5'])).toEqual(['0.1', '1', '10', '1e5']);
  });
});

describe('roomyTicks', () => {
  it('leaves out ticks whose labels would touch', () => {
    const scale = numberScale('linear', [-0.04, 0.02], [0, 120]);
    const ticks = roomyTicks(scale, 6, plainNumber);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThan(axisTicks(scale, 6, plainNumber).length);
    ticks.slice(1).forEach((tick, i) => {
      expect(tick.at - ticks[i]!.at).toBeGreaterThan((6 * (tick.label.length + ticks[i]!.label.length)) / 2);
    });
  });
});
