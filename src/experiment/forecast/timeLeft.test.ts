import { expect, it } from 'vitest';
import { baseline, evaluation, ranking, smallRecord } from '../../testing/smallRecord';
import type { RunRecord } from '../../record/runRecord';
import { runSpecSchema } from '../../recipe/runSpec';
import { secondsPerStep, timeLeft } from './timeLeft';

/** Two arms after 10 of 30 steps of 2 s, evaluated every 10 steps for 5 s on 3 of 30 users. */
function underWay(): RunRecord {
  const small = smallRecord();
  const spec = runSpecSchema.parse({ ...small.spec, training: { steps: 30 }, evaluation: { evaluations: 3 } });
  const numbers = Array.from({ length: 10 }, (_, i) => i + 1);
  const arms = small.arms.map((arm) => ({
    ...arm,
    steps: { ...arm.steps, step: numbers, seconds: numbers.map((step) => 2 * step) },
    evaluations: [evaluation(0, 0.1, { took: 5 }), evaluation(10, 0.1, { took: 5 })],
  }));
  const popularity = baseline(ranking(3, 0.1), ranking(30, 0.1));
  return { ...small, spec, arms, baselines: { ...small.baselines, popularity } };
}

it('adds up steps, evaluations, and final evaluations on more users', () => {
  // Each arm: 20 steps of 2 s, two evaluations of 5 s, and a final one on ten times as many users.
  expect(timeLeft(underWay())).toBeCloseTo(2 * (20 * 2 + 2 * 5 + 10 * 5));
});

it('does not guess before every arm has been timed', () => {
  const record = underWay();
  const [first, second] = record.arms;
  const untimed = { ...second!, steps: { ...second!.steps, step: [1], seconds: [2] } };
  expect(timeLeft({ ...record, arms: [first!, untimed] })).toBeNull();
  expect(secondsPerStep(untimed.steps)).toBeNull();
});

it('uses the speed of the last steps, not of a slow start', () => {
  const seconds = [10, ...Array.from({ length: 30 }, (_, i) => 10 + 0.5 * (i + 1))];
  const { steps } = underWay().arms[0]!;
  expect(secondsPerStep({ ...steps, step: seconds.map((_, i) => i + 1), seconds })).toBeCloseTo(0.5);
});
