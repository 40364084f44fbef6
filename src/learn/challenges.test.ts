/** Challenges are checked on run records: the shipped ones meet the challenges that name them, and others do not. */
import { PRESETS } from '../recipe/presets';
import { describe, expect, it } from 'vitest';
import { trainableSchema } from '../recipe/runSpec';
import type { RunRecord } from '../record/runRecord';
import { shippedEvidence } from '../testing/shippedEvidence';
import { CHALLENGES, checkChallenge } from './challenges';
import { meanAt } from './quantities';
import { plainText } from './words';

const evidence = shippedEvidence();
const of = (id: string) => CHALLENGES.find((one) => one.id === id)!;

it('there are twelve, each with hints and a lesson', () => {
  expect(new Set(CHALLENGES.map(({ id }) => id)).size).toBe(12);
  for (const { hints, shows } of CHALLENGES) {
    expect(hints.length).toBeGreaterThan(0);
    expect(plainText(shows, evidence)).not.toBe('');
  }
});

describe.each(CHALLENGES.map((challenge) => [challenge.id, challenge] as const))('%s', (_, challenge) => {
  it('has a solution that is a valid recipe', () => {
    expect(trainableSchema.parse(challenge.solution)).toEqual(challenge.solution);
  });
  it('has no typed numbers in its texts', () => {
    const pieces = [challenge.task, challenge.shows, ...challenge.hints].flat();
    expect(pieces.filter((piece) => typeof piece === 'string' && /\d/.test(piece))).toEqual([]);
  });
  it('is met by the run that it names, but not by every run, nor by an unfinished one', () => {
    const met = [...evidence.runs].filter(([, record]) => checkChallenge(challenge, record).met).map(([id]) => id);
    if (challenge.recorded !== null) {
      const record = evidence.runs.get(challenge.recorded)!;
      expect(checkChallenge(challenge, record).found.filter(({ met: one }) => one !== true)).toEqual([]);
      expect(checkChallenge(challenge, { ...record, complete: false }).met).toBe(false);
    } else expect(met).toEqual([]);
    expect(met.length).toBeLessThan(evidence.runs.size);
  });
  it('says what it found, and works on a minimal record', () => {
    const bare: RunRecord = { ...evidence.runs.get('collapse')!, arms: [], complete: false };
    const { met, found } = checkChallenge(challenge, bare);
    expect(met).toBe(false);
    for (const { text } of found) expect(text).not.toBe('');
  });
});

describe('solutions without a recorded run are backed by the sweep', () => {
  // Multiples of the rate that was tuned in the sweep's recipe.
  const rate = (id: 'gentle' | 'one-term'): number =>
    ({ gentle: 0.5, 'one-term': 2 })[id] * PRESETS.find(({ id }) => id === 'strong')!.spec.training.learningRate;
  const value = (arm: string, at: number, measure: string): number => meanAt(arm, at, measure).value(evidence)!;
  it('gentle: Action at half the tuned rate', () => {
    expect(value('action', rate('gentle'), 'lmDrift')).toBeLessThanOrEqual(0.5);
    expect(value('action', rate('gentle'), 'hr@10')).toBeGreaterThan(evidence.sweep!.base['hr@10']!);
  });
  it('one-term: +gen or +rec at twice the tuned rate', () => {
    for (const arm of ['gen', 'rec']) {
      expect(value(arm, rate('one-term'), 'lmDrift')).toBeLessThanOrEqual(0);
      expect(value('action', rate('one-term'), 'firstHalfSinkRate')).toBeGreaterThanOrEqual(
        2 * value(arm, rate('one-term'), 'firstHalfSinkRate'),
      );
    }
  });
  it('and a record that does so meets them', () => {
    const tuned = evidence.runs.get('strong')!;
    // The shuffled arm of the recorded run, as if it had the right text and one term.
    const arms = tuned.spec.arms.map((arm) => (arm.id === 'shuffled' ? { ...arm, shuffle: 'none' as const, lambdaGen: 0 } : arm));
    expect(checkChallenge(of('one-term'), { ...tuned, spec: { ...tuned.spec, arms } }).met).toBe(true);
    const forgot = tuned.arms.map((arm) => ({
      ...arm,
      evaluations: arm.evaluations.map((one) => ({ ...one, collapse: { ...one.collapse, lmDrift: 0.4 } })),
    }));
    expect(checkChallenge(of('gentle'), { ...tuned, arms: forgot }).met).toBe(true);
    expect(checkChallenge(of('gentle'), tuned).met).toBe(false);
  });
});

it('sinks are counted on the users on whom the base model was measured', () => {
  const collapse = evidence.runs.get('collapse')!;
  // As if no test user had a sink: the sampled users still do.
  const arms = collapse.arms.map((arm) => ({
    ...arm,
    evaluations: arm.evaluations.map(({ userSinks, ...one }) => ({
      ...one,
      userSinks: userSinks && {
        ...userSinks,
        ...(one.population === 'all' && { firstHalfSinkRate: userSinks.firstHalfSinkRate!.map((heads) => heads.map(() => 0)) }),
      },
    })),
  }));
  expect(checkChallenge(of('break'), { ...collapse, arms })).toEqual(checkChallenge(of('break'), collapse));
});
