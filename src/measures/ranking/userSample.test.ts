import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finalTargets, usersWithinBudget } from './userSample';

const base = {
  stepSeconds: 1,
  steps: 90,
  evaluations: 10,
  evaluationSecondsPerUser: 0.001,
  fixedEvaluationSeconds: 0.5,
  available: 3000,
};

describe('usersWithinBudget', () => {
  it('spends exactly a tenth of the run', () => {
    // 90 s of training allow 10 s of evaluation: 1 s each, 0.5 s of it fixed.
    expect(usersWithinBudget(base)).toBe(500);
    expect(usersWithinBudget({ ...base, share: 0.5 })).toBe(3000);
  });

  it('stays between the minimum and the number of users', () => {
    expect(usersWithinBudget({ ...base, fixedEvaluationSeconds: 2 })).toBe(64);
    expect(usersWithinBudget({ ...base, fixedEvaluationSeconds: 2, available: 20 })).toBe(20);
    expect(usersWithinBudget({ ...base, evaluationSecondsPerUser: 0 })).toBe(3000);
    expect(usersWithinBudget({ ...base, evaluations: 0 })).toBe(3000);
    expect(usersWithinBudget({ ...base, minimum: 700 })).toBe(700);
  });

  it('never exceeds the budget except for the minimum', () => {
    const seconds = fc.double({ min: 1e-4, max: 10, noNaN: true });
    fc.assert(
      fc.property(seconds, seconds, seconds, fc.integer({ min: 1, max: 500 }), (stepSeconds, perUser, fixed, steps) => {
        const users = usersWithinBudget({
          ...base,
          stepSeconds,
          steps,
          evaluationSecondsPerUser: perUser,
          fixedEvaluationSeconds: fixed,
        });
        const share = (n: number): number => {
          const spent = base.evaluations * (fixed + n * perUser);
          return spent / (spent + stepSeconds * steps);
        };
        if (users > 64) expect(share(users)).toBeLessThanOrEqual(0.1 + 1e-9);
        if (users < base.available) expect(share(users + 1)).toBeGreaterThan(0.1 - 1e-9);
      }),
    );
  });
});

it('ranks all targets at the end, or a sample in a large catalogue', () => {
  expect(finalTargets({ targets: 3000, items: 5200, width: 64, trained: 1e5 })).toBe(3000);
  expect(finalTargets({ targets: 17_316, items: 3282, width: 64, trained: 1e5 })).toBe(17_316);
  expect(finalTargets({ targets: 100_000, items: 100_000, width: 64, trained: 1e5 })).toBe(1562);
  expect(finalTargets({ targets: 3000, items: 5200, width: 576, trained: 1e5 })).toBe(3000);
  expect(finalTargets({ targets: 100_000, items: 100_000, width: 576, trained: 1e5 })).toBe(1000);
  expect(finalTargets({ targets: 10, items: 1e6, width: 576, trained: 1e5 })).toBe(10);
});

it('the final evaluation of a short run ranks no more than it takes as long to train on', () => {
  const store = { targets: 3000, items: 5200, width: 512 };
  expect(finalTargets({ ...store, trained: 562 * 16 })).toBe(3000);
  expect(finalTargets({ ...store, trained: 100 * 12 })).toBe(2400);
  expect(finalTargets({ ...store, trained: 10 * 16 })).toBe(320);
  expect(finalTargets({ ...store, trained: 1 })).toBe(300);
});
