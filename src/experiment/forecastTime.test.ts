/** Lengths told from characters against those of the tokenised sample log. */
import { expect, test } from 'vitest';
import { openSampleLog } from '../cli/diskSource';
import { PRESETS } from '../recipe/presets';
import { loadWordnet } from '../testing/wordnetModel';
import { exampleLengths } from './forecastTime';
import { prepareData } from './preparedData';

const sample = await openSampleLog('public');

test.each(['quick', 'tuned'] as const)('%s draws examples of the lengths that were told', async (id) => {
  const { spec } = PRESETS.find((preset) => preset.id === id)!;
  const told = exampleLengths(sample, spec);
  const data = await prepareData(sample.log, sample.split, await loadWordnet(), spec);
  const drawn = [0, 1, 2, 3].flatMap((step) =>
    data.batch(
      step,
      spec.arms.find(({ lambdaGen }) => lambdaGen > 0)!,
    ),
  );
  const mean = (lengths: readonly number[]): number => lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  expect(told.history).toBeCloseTo(mean(drawn.map(({ history }) => history.length)), 10);
  // Those without a text in this step are no measure of it.
  const texts = drawn.map(({ text }) => text.length).filter((length) => length > 0);
  expect(told.text / mean(texts)).toBeGreaterThan(0.8);
  expect(told.text / mean(texts)).toBeLessThan(1.25);
});
