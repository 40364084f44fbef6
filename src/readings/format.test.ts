import { describe, expect, it } from 'vitest';
import {
  bytes,
  compact,
  count,
  digitsOf,
  duration,
  fixed,
  listed,
  withLineSigns,
  percent,
  sentenceCase,
  shortCount,
  signed,
} from './format';

describe('format', () => {
  it('formats counts, bytes and durations', () => {
    expect(count(1495)).toBe('1,495');
    expect(shortCount(1_257_600)).toBe('1.3M');
    expect(shortCount(28_400)).toBe('28K');
    expect(bytes(5_054_928)).toBe('5.1 MB');
    expect(duration(75)).toBe('1 min 15 s');
    expect(duration(3700)).toBe('1 h 1 min');
    expect(duration(Infinity)).toBe('–');
  });

  it('capitalises the start of a sentence, but not names', () => {
    expect(['candidate-pool HR', 'HR', 'gAUC', ''].map(sentenceCase)).toEqual(['Candidate-pool HR', 'HR', 'gAUC', '']);
  });

  it('has enough digits that an interval which excludes 0 does not touch it', () => {
    expect(digitsOf({ low: -1.7, high: -0.02 }, 1)).toBe(2);
    expect(digitsOf({ low: 0.004, high: 0.9 }, 1)).toBe(3);
    expect(digitsOf({ low: 1e-9, high: 0.9 }, 1)).toBe(4);
    // An interval that contains 0, or is far from it, needs no more digits.
    expect(digitsOf({ low: -0.02, high: 0.03 }, 1)).toBe(1);
    expect(digitsOf({ low: 0.2, high: 0.9 }, 1)).toBe(1);
  });

  it('formats shares and differences', () => {
    expect(percent(0.2736)).toBe('27.4');
    expect(signed(-0.123, 2)).toBe('−0.12');
    expect(signed(0.001, 2)).toBe('0.00');
    expect(fixed(-0.104, 2)).toBe('−0.10');
    expect(fixed(-0.001, 2)).toBe('0.00');
    expect([0.002, 0.0002, 123456].map(compact)).toEqual(['0.002', '2e-4', '1.23456e5']);
    expect(compact(4.8612)).toBe('4.861');
    expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
  });
});

it('capitalises without changing names and symbols', () => {
  expect(['candidate pool', 'gAUC', 'α of [BOS]', '[EMB]'].map(sentenceCase)).toEqual([
    'Candidate pool',
    'gAUC',
    'α of [BOS]',
    '[EMB]',
  ]);
});

it('shows the line breaks of a generated text', () => {
  expect(withLineSigns('a\nb\r\n\n')).toBe('a↵b↵↵');
});
