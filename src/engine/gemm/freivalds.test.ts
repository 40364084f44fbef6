import { describe, expect, it } from 'vitest';
import { floats, uniforms } from '../../testing/kernelBench';
import { productError, toleranceOf, transposed, type ExpectedProduct, type Numbers } from './freivalds';

const ROWS = 70;
const COLUMNS = 90;
const DEPTH = 50;
const ALPHA = 0.5;

function numbers(rows: number, columns: number, seed: number): Numbers {
  return { values: floats(rows * columns, seed), rows, columns, offset: 0, rowStep: columns, columnStep: 1 };
}

const left = numbers(ROWS, DEPTH, 1);
const right = numbers(COLUMNS, DEPTH, 2);
const bias = { ...numbers(1, COLUMNS, 3), rows: ROWS, rowStep: 0 };
const addend = numbers(ROWS, COLUMNS, 4);
const EXPECTED: ExpectedProduct = { alpha: ALPHA, factors: [{ left, right: transposed(right) }], bias, addend };

/** α·left·rightᵀ + bias + addend, summed in float32. */
function product(): Float32Array {
  return Float32Array.from({ length: ROWS * COLUMNS }, (_, at) => {
    const row = Math.floor(at / COLUMNS);
    const column = at % COLUMNS;
    let sum = 0;
    for (let k = 0; k < DEPTH; k++)
      sum = Math.fround(sum + Math.fround(left.values[row * DEPTH + k]! * right.values[column * DEPTH + k]!));
    return ALPHA * sum + bias.values[column]! + addend.values[at]!;
  });
}

const TOLERANCE = toleranceOf(DEPTH, false);

function errorOf(values: Float32Array, seed: number): number {
  return productError({ ...addend, values }, EXPECTED, uniforms(seed));
}

describe('a product in float32', () => {
  it('is within the tolerance, whatever the signs', () => {
    const right32 = product();
    const errors = Array.from({ length: 200 }, (_, seed) => errorOf(right32, seed));
    expect(Math.max(...errors)).toBeLessThan(TOLERANCE);
  });

  it.each([NaN, Infinity])('with an entry %d is off by ∞', (value) => {
    expect(errorOf(product().fill(value, 700, 701), 1)).toBe(Infinity);
  });
});

describe('one wrong entry', () => {
  // Of the row's scale, which its tolerance is a share of; the column's is nearly the same.
  const scale = ALPHA * Math.hypot(...Array.from(left.values).slice(0, DEPTH)) * Math.hypot(...Array.from(right.values)) + 10;

  it('of twice the tolerance is missed once in 2¹⁰ trials', () => {
    const values = product();
    values[123]! += 4 * TOLERANCE * scale;
    const missed = Array.from({ length: 1000 }, (_, seed) => errorOf(values, seed)).filter((error) => error <= TOLERANCE);
    expect(missed.length).toBeLessThan(6);
  });

  it('far below the tolerance is not told from rounding', () => {
    const values = product();
    values[123]! += 0.01 * TOLERANCE * scale;
    expect(errorOf(values, 1)).toBeLessThan(TOLERANCE);
  });
});

it.each([
  ['the last row zero', (values: Float32Array) => values.fill(0, (ROWS - 1) * COLUMNS)],
  ['an exponent wrong in one entry', (values: Float32Array) => values.fill(2 * values[500]!, 500, 501)],
  [
    'rounded to half floats',
    (values: Float32Array) => values.map((value) => value * (1 + (value > 0.3 ? 2 ** -11 : -(2 ** -11)))),
  ],
  ['two rows swapped', (values: Float32Array) => values.copyWithin(0, COLUMNS, 2 * COLUMNS)],
])('%s is off', (_, alter) => {
  expect(errorOf(alter(product()), 1)).toBeGreaterThan(TOLERANCE);
});
