import { expect, it } from 'vitest';
import { stageAmount } from './stages';

it('writes amounts as bytes for downloads, counts for the rest, nothing when unknown', () => {
  expect(stageAmount({ stage: 'download', note: '', done: 2_100_000, total: 5_054_928 })).toBe('2.1 MB of 5.1 MB');
  expect(stageAmount({ stage: 'compile', note: '', done: 9, total: 24 })).toBe('9 of 24');
  expect(stageAmount({ stage: 'device', note: '', done: 0, total: 0 })).toBe('');
});
