import { expect, it } from 'vitest';
import { smallRecord } from '../testing/smallRecord';
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
