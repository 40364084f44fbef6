import { expect, it } from 'vitest';
import { firstDifference } from './measured';

it('the first difference between two values is found, to the last bit', () => {
  const value = (loss: number, more: object = {}) => [{ arms: [{ id: 'karma', loss: [1, loss], ...more }] }];
  expect(firstDifference(value(0.1), value(0.1))).toBeNull();
  expect(firstDifference(value(0.3), value(0.1 + 0.2))).toBe('0.arms.0.loss.1: 0.3 ≠ 0.30000000000000004');
  expect(firstDifference(value(0), value(-0))).not.toBeNull();
  expect(firstDifference(value(1), value(1, { step: 2 }))).toBe('0.arms.0.step: undefined ≠ 2');
});
