import { expect, it } from 'vitest';
import { learningRate } from '../engine/optimiser/optimiser';
import { armBatches, armSchedule, firstUnusedBatch } from './armRecipe';
import { namedArm } from './namedArms';
import { runSpecSchema } from './runSpec';

const spec = runSpecSchema.parse({
  arms: [namedArm('action'), { ...namedArm('action-longer'), updates: 3 }],
  training: { steps: 5, warmupSteps: 2 },
});
const [action, longer] = spec.arms;

it('several updates per step have the common batches first, and each batch once', () => {
  const steps = [0, 1, 2, 3, 4];
  expect(steps.map((step) => armBatches(spec, action!, step))).toEqual(steps.map((step) => [step]));
  const taken = steps.map((step) => armBatches(spec, longer!, step));
  expect(taken.map(([first]) => first)).toEqual(steps);
  expect(taken.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, batch) => batch));
  expect(firstUnusedBatch(spec)).toBe(15);
});

it('several updates per step rise and fall over the same steps', () => {
  const schedule = armSchedule(spec, longer!);
  expect(schedule).toMatchObject({ steps: 15, warmupSteps: 6 });
  expect(armSchedule(spec, action!)).toEqual(spec.training);
  const ends = [0, 14].map((update) => learningRate(update, schedule));
  expect(ends[1]).toBeCloseTo(learningRate(4, spec.training), 12);
  expect(ends[0]).toBeCloseTo(spec.training.learningRate / 6, 12);
});
