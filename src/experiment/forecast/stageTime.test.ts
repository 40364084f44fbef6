import { expect, it } from 'vitest';
import type { StageProgress } from '../../record/runEvents';
import { followStage, stageSecondsLeft, type StageSoFar } from './stageTime';

const features = (done: number, note = 'Computing'): StageProgress => ({ stage: 'features', note, done, total: 200 });

function after(...reports: readonly (readonly [number, StageProgress])[]): number | null {
  let stage: StageSoFar | null = null;
  for (const [now, progress] of reports) stage = followStage(stage, progress, now);
  return stageSecondsLeft(stage!, reports.at(-1)![0]);
}

it('extrapolates from the first unit', () => {
  expect(after([1000, features(0)], [21_000, features(50)])).toBeCloseTo(60);
});

it('does not count what was done before', () => {
  expect(after([0, features(0, 'Looking for stored features')], [90_000, features(0)], [110_000, features(50)])).toBeCloseTo(60);
  expect(after([5000, features(100)], [15_000, features(150)])).toBeCloseTo(10);
});

it('does not guess from one report, across stages, or without many units', () => {
  expect(after([0, features(50)])).toBeNull();
  expect(after([0, features(50)], [1000, { ...features(60), stage: 'warm-up' }])).toBeNull();
  expect(after([0, { ...features(0), total: 0 }], [1000, { ...features(0), total: 0 }])).toBeNull();
  expect(after([0, features(0)], [1000, features(200)])).toBeNull();
  const arms = (done: number): StageProgress => ({ ...features(done), stage: 'compile', total: 2 });
  expect(after([0, arms(0)], [1000, arms(1)])).toBeNull();
});
