import { expect, it } from 'vitest';
import { findMeasure, measureText } from '../measures/measures';
import { compareOverSeeds } from '../statistics/comparison';
import { seedDifferenceText, type FormatValue } from './markdown';

const bySeed = (values: readonly number[]) => new Map(values.entries());
const measure = findMeasure('lmDrift')!;
const shown: FormatValue = (value, more) => measureText(measure, value, more);
const text = (differences: readonly number[]): string =>
  seedDifferenceText(compareOverSeeds(bySeed(differences.map(() => 1)), [bySeed(differences.map((one) => 1 + one))])[0]!, shown);

it('shows what is distinguishable with digits in which it is not 0', () => {
  expect(text([0.0002, 0.00021, 0.00019])).toBe('**0.0002 [0.0002, 0.0002]**');
  expect(text([0.2, 0.21, 0.19])).toBe('**0.200 [0.175, 0.225]**');
  expect(text([0.0002, -0.0003, 0.0001])).toBe('0.000 [-0.001, 0.001]');
});

it('has no interval without spread', () => {
  expect(text([0.5, 0.5, 0.5])).toBe('0.500 (no spread)');
  expect(text([0.5])).toBe('0.500 (one seed)');
});
