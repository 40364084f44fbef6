import { describe, expect, it } from 'vitest';
import { rankingMeasure } from '../../measures/measures';
import { rankingBySplit } from '../../measures/ranking/ranking';
import type { BaselineRecord, Evaluation, RunRecord } from '../../record/runRecord';
import { smallRecord } from '../../testing/smallRecord';
import { againstBest } from './bestBaseline';

const hr = rankingMeasure('hr');
const K = 10;

function metricsOf(ranks: readonly number[]) {
  return rankingBySplit(ranks, { cold: new Uint8Array(ranks.length) }, [K], { seed: 0 });
}

/** Hits first, misses after them. */
const ranksOf = (hits: number, n: number): number[] => Array.from({ length: n }, (_, i) => (i < hits ? 1 : 50));

function baselineOf(ranks: readonly number[], known = true): BaselineRecord {
  const ranked = { ...metricsOf(ranks), ranks: known ? [...ranks] : [] };
  return { sample: ranked, all: ranked };
}

function evaluationOf(ranks: readonly number[]): Evaluation {
  const [evaluation] = smallRecord().arms[0]!.evaluations;
  return { ...evaluation!, population: 'all', ...metricsOf(ranks), ranks: [...ranks], cold: ranks.map(() => 0) };
}

function outcome(own: readonly number[], baselines: Partial<RunRecord['baselines']>) {
  const weak = baselineOf(ranksOf(1, own.length));
  const record = { baselines: { popularity: weak, lastItem: weak, zeroShot: weak, tfidf: weak, ...baselines } };
  return againstBest(record, evaluationOf(own), hr, K);
}

describe('an arm against the best training-free baseline', () => {
  it('works only if its paired interval lies above the best', () => {
    const ease = baselineOf(ranksOf(40, 100));
    expect(outcome(ranksOf(60, 100), { ease })).toMatchObject({ baseline: 'ease', outcome: 'works', own: 0.6, value: 0.4 });
    expect(outcome(ranksOf(20, 100), { ease })).toMatchObject({ baseline: 'ease', outcome: 'below' });
    expect(outcome(ranksOf(41, 100), { ease })).toMatchObject({ baseline: 'ease', outcome: 'alike' });
  });

  it('pairs targets: few that differ all one way tell more than shares do', () => {
    // 8 of 200 targets more: unpaired intervals of 50 % and 54 % overlap widely.
    const tfidf = baselineOf(ranksOf(100, 200));
    const found = outcome(ranksOf(108, 200), { tfidf })!;
    expect(found.outcome).toBe('works');
    expect(found.difference!.difference).toBeCloseTo(0.04, 12);
    // The same shares with hits of other targets.
    expect(outcome(ranksOf(108, 200).reverse(), { tfidf })!.outcome).toBe('alike');
  });

  it('leaves the trained baseline out', () => {
    const sasrec = { ...baselineOf(ranksOf(90, 100)), steps: 1, learningRate: 1e-3, seconds: 1, parameters: 1 };
    expect(outcome(ranksOf(60, 100), { sasrec })).toMatchObject({ outcome: 'works' });
  });

  it('says that older records did not measure it', () => {
    const ease = baselineOf(ranksOf(40, 100), false);
    expect(outcome(ranksOf(90, 100), { ease })).toMatchObject({ outcome: 'unmeasured', difference: null });
    expect(outcome(ranksOf(90, 100), { tfidf: undefined })).toMatchObject({ outcome: 'unmeasured', difference: null });
  });
});
