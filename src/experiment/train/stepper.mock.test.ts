import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Engine } from '../../engine/engine';
import type { Arm } from '../../engine/arm';
import { Stepper } from './stepper';

const REPORT = { total: 1, action: 1, gen: null, rec: null, gradNorm: 1, learningRate: 1 };
const RUN = { path: ['optimiser'], kernel: 'adamw', dispatches: 1, ms: 2, flops: 0 };
const ARM = { spec: { id: 'action' } } as Arm;

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

/** An engine whose steps only count how they were taken. */
function counting(features: readonly string[]) {
  const taken: string[] = [];
  const engine = {
    context: { gpu: { device: { features: new Set(features) } } },
    trainStep: () => {
      taken.push('plain');
      return Promise.resolve(REPORT);
    },
    profileStep: () => {
      taken.push('profiled');
      vi.advanceTimersByTime(10);
      return Promise.resolve({ report: REPORT, timings: { runs: [RUN], resolution: 0.1 } });
    },
  };
  return { taken, engine: engine as unknown as Engine };
}

it('profiles steps on request, and reports them at most twice per second', async () => {
  const { taken, engine } = counting(['timestamp-query']);
  let on = false;
  const reported: number[] = [];
  const stepper = new Stepper(
    engine,
    () => on,
    (arm, profile) => {
      expect([arm, profile.wallMs, profile.gpuMs]).toEqual(['action', 10, 2]);
      reported.push(profile.steps);
    },
  );
  const step = async (): Promise<void> => {
    expect(await stepper.step(ARM, [])).toBe(REPORT);
  };
  await step();
  on = true;
  for (let i = 0; i < 4; i++) await step();
  expect(reported).toEqual([1]);
  vi.advanceTimersByTime(500);
  await step();
  expect(reported).toEqual([1, 5]);
  await step();
  on = false;
  await step();
  stepper.report();
  stepper.report();
  expect(reported).toEqual([1, 5, 6]);
  expect(taken).toEqual(['plain', ...Array.from({ length: 6 }, () => 'profiled'), 'plain']);
});

it('takes ordinary steps if the device has no timestamps', async () => {
  const { taken, engine } = counting([]);
  const stepper = new Stepper(
    engine,
    () => true,
    () => {
      throw new Error('nothing to report');
    },
  );
  await stepper.step(ARM, []);
  stepper.report();
  expect(taken).toEqual(['plain']);
});
