import { symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolStar, symbolTriangle, symbolWye } from 'd3';
import { expect, it } from 'vitest';
import { outlineOf } from './drawing';
import { svgElement } from './svg';

const SYMBOLS = [symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolStar, symbolTriangle, symbolWye];
const PAPER = { colour: 'white', edge: 1, outline: 1 };

it('draws all symbols of a series as one path, each at its point', () => {
  for (const symbol of SYMBOLS) {
    const look = { kind: 'symbols', symbol, size: 20, colour: 'black', filled: true } as const;
    const numbersAt = (x: number): number[] => {
      const { attributes } = svgElement({ ...look, points: [[x, 7]] }, PAPER);
      return (String(attributes.d).match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
    };
    const here = numbersAt(10);
    const moves = numbersAt(60).map((value, i) => Math.round(10 * (value - here[i]!)) / 10);
    expect(here.length).toBeGreaterThan(2);
    // To the right alone; arcs of a circle are relative.
    expect(new Set(moves)).toEqual(new Set([50, 0]));
    const { attributes } = svgElement(
      {
        ...look,
        points: [
          [1, 1],
          [2, 2],
        ],
      },
      PAPER,
    );
    expect(String(attributes.d).match(/M/g)).toHaveLength(2);
  }
});

it('has symbols of their area, which tell apart', () => {
  const outlines = SYMBOLS.map((symbol) => outlineOf(symbol, 40));
  expect(new Set(outlines.map((outline) => JSON.stringify(outline))).size).toBe(SYMBOLS.length);
  for (const outline of outlines) {
    // The shoelace formula.
    const area =
      'radius' in outline
        ? Math.PI * outline.radius ** 2
        : Math.abs(
            outline.points.reduce((sum, [x, y], at, all) => {
              const [x2, y2] = all[(at + 1) % all.length]!;
              return sum + (x * y2 - x2 * y) / 2;
            }, 0),
          );
    expect(area / 40).toBeCloseTo(1, 1);
  }
});

it('gives symbols that may lie over each other no ground', () => {
  const look = { kind: 'symbols', symbol: symbolSquare, size: 20, colour: 'black', points: [[0, 0]] } as const;
  expect(svgElement({ ...look, filled: false }, PAPER).attributes).toMatchObject({ fill: 'white', stroke: 'black' });
  expect(svgElement({ ...look, filled: false, opacity: 0.5 }, PAPER).attributes).toMatchObject({ fill: 'none', opacity: 0.5 });
  expect(svgElement({ ...look, filled: true }, PAPER).attributes).toMatchObject({ fill: 'black', stroke: 'white' });
});
