import { expect, it } from 'vitest';
import { smallRecord, oneLayerTables } from '../testing/smallRecord';
import type { Evaluation } from '../record/runRecord';
import { finalTable } from './finalTable';

const record = smallRecord();

it('has a line per measure and a column per model, and `none` for an empty cold set', () => {
  const text = finalTable(record);
  const lines = text.split('\n').map((line) => line.trim().split(/\s{2,}/));
  const line = (name: string) => lines.find(([first]) => first === name)?.slice(1);
  expect(lines[0]).toEqual(['zero-shot', 'last item', 'popularity', 'action', 'karma']);
  expect(line('HR@10 (%)')).toEqual(['12.0', '12.0', '12.0', '50.0', '55.0']);
  expect(line('cold HR@10 (%)')).toEqual(['none', 'none', 'none', 'none', 'none']);
  expect(line('LM drift (nats per token)')).toEqual(['0.000', '0.400', '0.400']);
  // Older records have sinks over all items only.
  expect(line('item-sink rate, all items')).toEqual(['0.200', '0.500', '0.250']);
  expect(line('item-sink rate')).toBeUndefined();
});

it('has the base model’s attention over the same users as the arms’, or says over which', () => {
  const over = (users: number, rate: number): NonNullable<Evaluation['userSinks']> => ({
    ...{ users, meanLength: 4, threshold: 0.3, sinkRate: [rate] },
    ...oneLayerTables({
      ...{ firstHalfSinkRate: [rate], itemSinkRate: [rate], itemAlpha: [rate], firstAlpha: [rate] },
      ...{ barcode: [rate], embEntropy: [rate] },
    }),
  });
  const arms = record.arms.map((arm) => {
    const last = arm.evaluations.at(-1)!;
    const start = { ...last, step: 0, population: 'sample' as const, userSinks: over(8, 0.2) };
    return { ...arm, evaluations: [start, { ...last, population: 'all' as const, userSinks: over(14, 0.5) }] };
  });
  const older = { ...record, arms };
  const of = (text: string): string[] | undefined =>
    text
      .split('\n')
      .map((line) => line.trim().split(/\s{2,}/))
      .find(([name]) => name === 'item-sink rate');
  expect(of(finalTable(older))?.slice(1)).toEqual(['0.200', '0.500', '0.500']);
  expect(finalTable(older)).toContain('over 14 evaluated users (T = 4.0 on average); of the base model, over 8 evaluated users');
  const measured = finalTable({ ...older, base: { ...record.base, testSinks: over(14, 0.1) } });
  expect(of(measured)?.slice(1)).toEqual(['0.100', '0.500', '0.500']);
  expect(measured).not.toContain('of the base model');
});
