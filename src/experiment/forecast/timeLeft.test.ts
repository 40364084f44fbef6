import fc from 'fast-check';
import { expect, it } from 'vitest';
import { baselineRecord, evaluation, ranking, smallRecord } from '../../testing/smallRecord';
import type { RunRecord } from '../../record/runRecord';
import { runSpecSchema } from '../../recipe/runSpec';
import { emptyArm } from '../../record/addToRecord';
import { evaluationSteps } from '../evaluate/evaluationSteps';
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
  const popularity = baselineRecord(ranking(3, 0.1), ranking(30, 0.1));
  return { ...small, spec, arms, baselines: { ...small.baselines, popularity } };
}

it('adds up steps, evaluations, and final evaluations on more users', () => {
  // Each arm: 20 steps of 2 s, two evaluations of 5 s, and a final one on ten times as many users; these are
  // read by the base model as well.
  expect(timeLeft(underWay())).toBeCloseTo(2 * (20 * 2 + 2 * 5 + 10 * 5) + 10 * 5);
});

it('does not guess before every arm has been timed', () => {
  const record = underWay();
  const [first, second] = record.arms;
  const untimed = { ...second!, steps: { ...second!.steps, step: [], seconds: [] } };
  expect(timeLeft({ ...record, arms: [first!, untimed] })).toBeNull();
  expect(secondsPerStep(untimed.steps)).toBeNull();
});

it('uses the speed of the last steps, not of a slow start', () => {
  const seconds = [10, ...Array.from({ length: 30 }, (_, i) => 10 + 0.5 * (i + 1))];
  const { steps } = underWay().arms[0]!;
  expect(secondsPerStep({ ...steps, step: seconds.map((_, i) => i + 1), seconds })).toBeCloseTo(0.5);
});

const seconds = (min: number, max: number) => fc.double({ min, max, noNaN: true });

it('is within 30 % from the first step of every arm to the last evaluation, and never 0 with work to do', () => {
  fc.assert(
    fc.property(
      fc.record({
        steps: fc.integer({ min: 2, max: 60 }),
        evaluations: fc.integer({ min: 1, max: 6 }),
        spacing: fc.constantFrom('even' as const, 'early' as const),
        perStep: fc.array(seconds(0.01, 5), { minLength: 1, maxLength: 5 }),
        fixed: seconds(0, 20),
        perUser: seconds(0.001, 0.1),
        users: fc.tuple(fc.integer({ min: 8, max: 300 }), fc.integer({ min: 300, max: 3000 })),
        // How far a step or an evaluation is from its mean, in turns.
        noise: fc.array(seconds(0.9, 1.1), { minLength: 7, maxLength: 7 }),
      }),
      (run) => {
        for (const { told, left } of toldWhile(run)) {
          expect(told).not.toBeNull();
          expect(Math.abs(told! - left)).toBeLessThanOrEqual(0.3 * left);
        }
      },
    ),
  );
});

interface Simulated {
  readonly steps: number;
  readonly evaluations: number;
  readonly spacing: 'even' | 'early';
  /** Seconds of a step, by arm. */
  readonly perStep: readonly number[];
  readonly fixed: number;
  readonly perUser: number;
  readonly users: readonly [sampled: number, all: number];
  readonly noise: readonly number[];
}

/** A run as `runExperiment` goes, with what is told after each of its parts, and what was left then. */
function toldWhile({ steps, evaluations, spacing, perStep, fixed, perUser, users: [sampled, all], noise }: Simulated) {
  const small = smallRecord();
  const [arm] = small.spec.arms;
  const ids = perStep.map((_, at) => `arm-${at}`);
  const spec = { ...runSpecSchema.parse({ ...small.spec, training: { steps }, evaluation: { evaluations, spacing } }) };
  const popularity = baselineRecord(ranking(sampled, 0.1), ranking(all, 0.1));
  const record: RunRecord = {
    ...small,
    spec: { ...spec, arms: ids.map((id) => ({ ...arm!, id })) },
    arms: ids.map(emptyArm),
    base: { ...small.base, testSinks: undefined },
    baselines: { ...small.baselines, popularity },
  };
  let now = 0;
  let turn = 0;
  const told: { readonly told: number | null; readonly at: number }[] = [];
  const does = (mean: number): number => {
    const took = mean * noise[turn++ % noise.length]!;
    now += took;
    return took;
  };
  const tell = (): void => {
    if (record.arms.every((one) => one.steps.step.length > 0)) told.push({ told: timeLeft(record), at: now });
  };
  const sample = (): { took: number; perUser: number } => {
    const took = does(fixed + perUser * sampled);
    return { took, perUser: (took * perUser) / (fixed + perUser * sampled) };
  };
  const first = sample();
  // Measured once for all arms.
  for (const one of record.arms) one.evaluations.push(evaluation(0, 0.1, { ...first, took: first.took / ids.length }));
  const measured = evaluationSteps(record);
  for (let step = 1; step <= steps; step++) {
    for (const [at, one] of record.arms.entries()) {
      const before = one.steps.seconds.at(-1) ?? 0;
      const { step: numbers, seconds: times } = one.steps;
      numbers.push(step);
      times.push(before + does(perStep[at]!));
      tell();
    }
    if (!measured.has(step)) continue;
    for (const one of record.arms) {
      one.evaluations.push(evaluation(step, 0.1, sample()));
      tell();
    }
  }
  for (const one of record.arms) {
    one.evaluations.push(evaluation(steps, 0.1, { population: 'all', took: does(fixed + perUser * all), perUser }));
    tell();
  }
  does(perUser * all);
  return told.map((one) => ({ told: one.told, left: now - one.at }));
}
