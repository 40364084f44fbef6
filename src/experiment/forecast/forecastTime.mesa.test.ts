/** Lengths told from characters against those of the tokenised sample log. */
import { expect, test } from 'vitest';
import { openSampleLog } from '../../cli/diskSource';
import { PRESETS } from '../../recipe/presets';
import { loadWordnet } from '../../testing/wordnetModel';
import type { RunSpec } from '../../recipe/runSpec';
import { sharedGpu } from '../../testing/sharedGpu';
import { logSizes } from './forecastMemory';
import { exampleLengths, forecastTime, type TimeForecast } from './forecastTime';
import { prepareData } from '../prepare/preparedData';

const sample = await openSampleLog('public');

test.each(['quick', 'strong'] as const)('%s draws examples of the lengths that were told', async (id) => {
  const { spec } = PRESETS.find((preset) => preset.id === id)!;
  const told = exampleLengths(sample, spec);
  const more = { ...spec, training: { ...spec.training, textShare: 2.5 } };
  const toldMore = exampleLengths(sample, more);
  const data = await prepareData(sample.log, sample.split, await loadWordnet(), spec);
  const drawn = [0, 1, 2, 3].flatMap((step) =>
    data.batch(
      step,
      spec.arms.find(({ lambdaGen }) => lambdaGen > 0)!,
    ),
  );
  const mean = (lengths: readonly number[]): number => lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  expect(told.history).toBeCloseTo(mean(drawn.map(({ history }) => history.length)), 10);
  expect(told.further).toBe(0);
  const dataMore = await prepareData(sample.log, sample.split, await loadWordnet(), more);
  const further = [0, 1, 2, 3].flatMap((step) => dataMore.batch(step, spec.arms[0]!).flatMap((example) => example.further ?? []));
  expect(toldMore.further).toBeCloseTo(further.length / drawn.length, 10);
  expect(toldMore.further).toBeGreaterThan(1.2);
  expect(toldMore.furtherHistory).toBeCloseTo(mean(further.map(({ history }) => history.length)), 10);
  // Those without a text in this step are no measure of it.
  const texts = drawn.map(({ text }) => text.length).filter((length) => length > 0);
  expect(told.text / mean(texts)).toBeGreaterThan(0.8);
  expect(told.text / mean(texts)).toBeLessThan(1.25);
});

test('the time of evaluations is told where recipe and log alone decide what they measure', async () => {
  const gpu = await sharedGpu();
  const { config } = await loadWordnet();
  const { spec } = PRESETS.find(({ id }) => id === 'quick')!;
  const speed = { products: [1e-9, 1e-9, 1e-9], thread: 1e-9, dispatch: 1e-6 };
  const evaluated = { targets: sample.split.test.length, watched: sample.split.validation.length, domainTexts: 16 };
  const whole = async (evaluation: Partial<RunSpec['evaluation']>): Promise<TimeForecast> => {
    const asked = {
      ...spec,
      model: { ...spec.model, precision: 'f32' as const },
      evaluation: { ...spec.evaluation, ...evaluation },
    };
    const question = { config, spec: asked, sizes: logSizes(sample, asked, config), lengths: exampleLengths(sample, asked) };
    return (await forecastTime(gpu, speed, question, evaluated))!;
  };
  const of = async (evaluation: Partial<RunSpec['evaluation']>): Promise<number | null> => (await whole(evaluation)).evaluation;
  const [once, twice, fewer] = [
    await of({ evaluations: 1 }),
    await of({ evaluations: 2 }),
    await of({ evaluations: 1, finalUsers: 500 }),
  ];
  // Of two arms: three rounds, five, and 2,000 targets less at the end. A round is of the sampled users, and
  // of texts and maps as well.
  const user = (once! - fewer!) / 2000;
  expect(user).toBeGreaterThan(0);
  expect((twice! - once!) / 2).toBeGreaterThan(64 * user);
  expect(await of({ probeSteps: 10 })).toBeNull();
  expect(await of({ sampleUsers: 'auto' })).toBeNull();

  // The trained baseline at its most: all steps and evaluations at all rates, and a ranking at the end.
  const trained = async (sasrecSteps: number, baselineTrials = 1): Promise<number> =>
    (await whole({ sasrecSteps, baselineTrials })).sasrec;
  expect(await trained(0)).toBe(0);
  const [one, two, three] = [await trained(100), await trained(200), await trained(100, 3)];
  expect(two - one).toBeGreaterThan(0);
  const [five, six] = [await trained(100, 5), await trained(100, 6)];
  expect((five - one) / (three - one)).toBeCloseTo(2, 9);
  expect(six).toBe(five);
});
