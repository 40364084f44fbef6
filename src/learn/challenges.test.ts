/**
 * Challenges are checked on run records: the shipped ones meet the challenges that name them, and others do
 * not.
 */
import { describe, expect, it } from 'vitest';
import { trainableSchema } from '../recipe/runSpec';
import type { RunRecord } from '../record/runRecord';
import { shippedEvidence } from '../testing/shippedEvidence';
import { CHALLENGES, checkChallenge } from './challenges';
import { plainText } from './words';

const evidence = shippedEvidence();
const of = (id: string) => CHALLENGES.find((one) => one.id === id)!;

it('have unique IDs, each with hints and a lesson', () => {
  expect(new Set(CHALLENGES.map(({ id }) => id)).size).toBe(CHALLENGES.length);
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
    const record = evidence.runs.get(challenge.recorded)!;
    expect(checkChallenge(challenge, record).found.filter(({ met: one }) => one !== true)).toEqual([]);
    expect(checkChallenge(challenge, { ...record, complete: false }).met).toBe(false);
    expect(met.length).toBeLessThan(evidence.runs.size);
  });
  it('says what it found, and works on a minimal record', () => {
    const bare: RunRecord = { ...evidence.runs.get('collapse')!, arms: [], complete: false };
    const { met, found } = checkChallenge(challenge, bare);
    expect(met).toBe(false);
    for (const { text } of found) expect(text).not.toBe('');
  });
});

it('what holds an arm without text must be no text loss, and Action must forget more', () => {
  const strong = evidence.runs.get('strong')!;
  const without = (id: string): RunRecord => ({ ...strong, arms: strong.arms.filter((arm) => arm.id !== id) });
  expect(checkChallenge(of('no-text'), without('kl')).met).toBe(false);
  const kept = strong.arms.map((arm) => ({
    ...arm,
    evaluations: arm.evaluations.map((one) => ({ ...one, values: { ...one.values, lmDrift: 0.4 } })),
  }));
  expect(checkChallenge(of('no-text'), { ...strong, arms: kept }).met).toBe(false);
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
        ...(one.population === 'all' && { means: { ...userSinks.means, firstHalfSinkRate: 0 } }),
      },
    })),
  }));
  expect(checkChallenge(of('break'), { ...collapse, arms })).toEqual(checkChallenge(of('break'), collapse));
});
