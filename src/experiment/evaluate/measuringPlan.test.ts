import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutMeasuring, secondsForMeasuring, uncutSeconds, type MeasuringSizes, type MeasuringTimes } from './measuringPlan';

/** Ten steps of a model of 135M parameters on two cores. */
const times: MeasuringTimes = { training: 190, other: 0, map: 1.4, text: 0.4, token: 1.5, user: 0.35, probe: 0 };
const sizes: MeasuringSizes = {
  arms: 2,
  steps: 10,
  evaluations: 3,
  sample: null,
  texts: 64,
  watched: 300,
  finals: 300,
  finalsGiven: false,
};

function seconds(of: MeasuringTimes, { arms }: MeasuringSizes, plan: ReturnType<typeof cutMeasuring>): number {
  const each = (1 + plan.orders) * of.map + plan.texts * of.text + plan.tokens * of.token + plan.sample * of.user;
  return (1 + arms * plan.evaluations) * each + arms * plan.finals * of.user + (plan.probe ? of.probe : 0);
}

describe('cutMeasuring', () => {
  it('cuts texts, users and final targets until they take about as long as training', () => {
    expect(uncutSeconds(times, sizes)).toBeGreaterThan(3 * times.training);
    const plan = cutMeasuring(times, sizes);
    expect(plan).toEqual({ texts: 8, tokens: 6, orders: 1, evaluations: 3, sample: 17, finals: 32, probe: true });
    expect(seconds(times, sizes, plan)).toBeLessThan(times.training);
  });

  it('cuts less of a longer run, and nothing of one that is long enough', () => {
    const longer = cutMeasuring({ ...times, training: 1000 }, { ...sizes, steps: 50 });
    expect(longer).toMatchObject({ texts: 64, tokens: 16, finals: 300 });
    const one = cutMeasuring({ ...times, training: 1e5 }, { ...sizes, steps: 5000 });
    expect(one).toEqual({ texts: 64, tokens: 16, orders: 4, evaluations: 3, sample: 300, finals: 300, probe: true });
  });

  it('counts what else the run takes, and evaluates less often where fewer texts do not suffice', () => {
    const longer = { ...times, training: 1000 };
    const plans = [0, 500, 850, 2000].map((other) => cutMeasuring({ ...longer, other }, sizes));
    expect(plans.map(({ evaluations }) => evaluations)).toEqual([3, 3, 2, 1]);
    expect(plans.map(({ texts }) => texts)).toEqual([64, 32, 8, 8]);
    for (const [at, other] of [0, 500, 850].entries())
      expect(other + seconds(longer, sizes, plans[at]!)).toBeLessThanOrEqual(longer.training);
  });

  it('leaves the recipe’s own numbers of users alone, and never adds texts', () => {
    const plan = cutMeasuring(times, { ...sizes, sample: 150, finalsGiven: true });
    expect(plan).toMatchObject({ sample: 150, finals: 300 });
    const fewer = [1000, 1e5].map((training) => cutMeasuring({ ...times, training }, { ...sizes, texts: 20 }).texts);
    expect(fewer).toEqual([20, 20]);
    expect(uncutSeconds(times, sizes) - uncutSeconds(times, { ...sizes, texts: 20 })).toBeCloseTo(7 * 44 * times.text);
  });

  it('leaves out probe decoders that would take most of the time', () => {
    expect(cutMeasuring({ ...times, probe: 5000 }, sizes).probe).toBe(false);
    expect(cutMeasuring({ ...times, probe: 10 }, sizes).probe).toBe(true);
  });

  it('leaves half of the run to training except for its minimum', () => {
    const of = fc.double({ min: 1e-4, max: 5, noNaN: true });
    fc.assert(
      fc.property(of, of, of, of, of, fc.integer({ min: 1, max: 400 }), (other, map, text, token, user, steps) => {
        const given = { training: steps * 2, other, map, text, token, user, probe: 0 };
        const run = { ...sizes, steps };
        const plan = cutMeasuring(given, run);
        const least = plan.evaluations === 1 || plan.sample === 16 || plan.finals === 32;
        if (!least) expect(seconds(given, run, plan)).toBeLessThanOrEqual(secondsForMeasuring(given) * (1 + 1e-9));
        expect(plan.finals).toBeGreaterThanOrEqual(32);
        expect(plan.sample).toBeGreaterThanOrEqual(16);
      }),
    );
  });
});
