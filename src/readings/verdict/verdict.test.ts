import { describe, expect, it } from 'vitest';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { baselineRecord, evaluation, inPools, modelValues, ranking, sinks, smallRecord } from '../../testing/smallRecord';
import { withMeasures } from '../../record/withMeasures';
import { ONLY_GIVEN } from '../../record/poolSizes';
import { rankingBySplit } from '../../measures/ranking/ranking';
import { armsOf, comparedArms } from '../arms/armsOf';
import { collapseSentence } from '../series/collapseData';
import { verdictOf, verdictText } from './verdict';

const N = 1000;

/** A record whose arms have these final HR@10, sink rates and NLL. */
function record(
  action: { hr: number; sink: number; nll: number },
  karma: { hr: number; sink: number; nll: number },
  more: Partial<RunRecord> = {},
): RunRecord {
  const small = smallRecord();
  const final = ({ hr, sink, nll }: typeof action): Evaluation =>
    evaluation(small.spec.training.steps, hr, {
      population: 'all',
      ...ranking(N, hr, 0.01),
      sinks: sinks(sink),
      values: modelValues(nll, nll - small.base.values.lmNll!),
    });
  const arms = small.arms.map((arm) => ({
    ...arm,
    evaluations: [final(arm.id === 'action' ? action : karma)],
  }));
  return { ...small, arms, complete: true, ...more };
}

const text = (made: RunRecord, topic: string): string =>
  verdictOf(made, null)?.sentences.find((one) => one.topic === topic)?.text ?? '';

describe('ranking', () => {
  it('names the better arm if the interval of the paired difference excludes 0', () => {
    const better = record({ hr: 0.1, sink: 0.5, nll: 5 }, { hr: 0.2, sink: 0.5, nll: 5 });
    expect(text(better, 'ranking')).toContain(
      'KARMA ranks the next item better than Action at K = 1 and 10: HR@10 is 20.0\u00a0% against 10.0\u00a0%',
    );
    const worse = record({ hr: 0.2, sink: 0.5, nll: 5 }, { hr: 0.1, sink: 0.5, nll: 5 });
    expect(text(worse, 'ranking')).toContain('KARMA ranks the next item worse than Action');
  });

  it('reports no difference if there is none', () => {
    const alike = record({ hr: 0.2, sink: 0.5, nll: 5 }, { hr: 0.201, sink: 0.5, nll: 5 });
    expect(text(alike, 'ranking')).toMatch(/^KARMA and Action are not distinguishable in ranking at K = 1 and 10: /);
  });

  it('is about the candidate pools if users were ranked in them', () => {
    const made = record({ hr: 0.1, sink: 0.5, nll: 5 }, { hr: 0.2, sink: 0.5, nll: 5 });
    /** In the pools it is the other way round. */
    const arms = made.arms.map((arm, at) => {
      const hr = [0.6, 0.4][at]!;
      const ranks = Array.from({ length: N }, (_, user) => (user < hr * N ? 1 : 40));
      const pooled = inPools(ranking(N, hr, 0.01));
      const evaluations = arm.evaluations.map((one) => ({ ...withMeasures(one, pooled), pool: { size: 50, ranks } }));
      return { ...arm, evaluations };
    });
    const own = { ...withMeasures(ranking(N, 0.9, 0.01), inPools(ranking(N, 0.5, 0.01))), pool: { size: 50, ranks: [] } };
    const ranked = baselineRecord(own, own);
    const said = text({ ...made, arms, baselines: { ...made.baselines, zeroShot: ranked } }, 'ranking');
    expect(said).toContain(
      'KARMA ranks the next item worse than Action at K = 1 and 10: candidate-pool HR@10 is 40.0\u00a0% against 60.0\u00a0%',
    );
    expect(said).toContain('Action beats zero-shot (50.0\u00a0%), while KARMA stays below it');
  });

  it('compares both arms with zero-shot and the strongest other baseline', () => {
    const made = record({ hr: 0.1, sink: 0.5, nll: 5 }, { hr: 0.5, sink: 0.5, nll: 5 });
    const all = (hr: number) => baselineRecord(ranking(N, hr, 0.01), ranking(N, hr, 0.01));
    const baselines = { popularity: all(0.02), lastItem: all(0.05), zeroShot: all(0.3), itemKnn: all(0.7) };
    expect(text({ ...made, baselines }, 'ranking')).toContain(
      'Action stays below zero-shot (30.0\u00a0%), while KARMA beats it; both stay below item-kNN (70.0\u00a0%).',
    );
  });
});

it('tells no arm without hits from a baseline with few', () => {
  const made = record({ hr: 0, sink: 0.5, nll: 5 }, { hr: 0, sink: 0.5, nll: 5 });
  const final = (ranks: number[]) => rankingBySplit(ranks, { cold: new Uint8Array(60) }, [10]);
  const none = new Array<number>(60).fill(11);
  const arms = made.arms.map((arm) => ({
    ...arm,
    evaluations: arm.evaluations.map((last) => ({ ...last, ...final(none), ranks: none, cold: none.map(() => 0) })),
  }));
  // Four of sixty: by an exact test on the users p is 0.125.
  const few = final(none.map((rank, user) => (user < 4 ? 1 : rank)));
  const baselines = { ...made.baselines, zeroShot: baselineRecord(few, few) };
  const said = text({ ...made, arms, baselines }, 'ranking');
  expect(said).toContain('0.0 points [−6.0, 6.0]');
  expect(said).toContain('Both are near zero-shot (6.7\u00a0%; not measured target by target)');
});

describe('attention and language', () => {
  it('calls a rise a rise, and values with equal digits the same', () => {
    const made = record({ hr: 0.1, sink: 0.8, nll: 9.9 }, { hr: 0.1, sink: 0.1, nll: 3.7 });
    const base = { ...made.base, sinks: sinks(0.1), values: { lmNll: 4.2 } };
    expect(text({ ...made, base }, 'attention')).toMatch(
      /^Action raises .* from 10\u00a0% in the base model to 80\u00a0%; KARMA leaves it at 10\u00a0%\./,
    );
    expect(text({ ...made, base }, 'language')).toMatch(
      /^Action raises .* from 4\.20 nats in the base model to 9\.90 nats; KARMA lowers it to 3\.70 nats, having practised such texts\./,
    );
  });

  it('compares attention with the base model on the same users, not on the test users, on whom it was never measured', () => {
    const made = record({ hr: 0.1, sink: 0, nll: 5 }, { hr: 0.1, sink: 0, nll: 5 });
    const over = (users: number, rate: number) => ({ ...sinks(rate), users, meanLength: 3.5, sinkRate: [rate] });
    const arms = made.arms.map((arm) => {
      const [last] = arm.evaluations;
      const sampled = (step: number, rate: number): Evaluation => ({
        ...last!,
        step,
        population: 'sample',
        userSinks: over(300, rate),
      });
      return {
        ...arm,
        evaluations: [sampled(0, 0.2), sampled(last!.step, 0.3), { ...last!, userSinks: over(N, 0.1) }],
      };
    });
    const measured = { ...made, arms };
    expect(text(measured, 'attention')).toMatch(
      /^Action raises .* from 20\u00a0% in the base model to 30\u00a0%; KARMA raises it to 30\u00a0%\./,
    );
    expect(verdictOf(measured, null)?.limits).toContain(
      'Attention is compared on the 300 sampled users on whom the base model was measured.',
    );
    expect(verdictOf(made, null)?.limits.join(' ')).not.toContain('sampled users on whom');
    const both = armsOf(measured);
    expect(collapseSentence(measured, comparedArms(both, null), both, null, ['itemSinkRate'])).toContain(
      '0.30 against 0.30, base 0.20',
    );
  });
});

describe('limits', () => {
  it('always says that one seed is no evidence, that a stopped run was stopped, and whether targets were chosen by their candidates', () => {
    const made = record({ hr: 0.1, sink: 0.5, nll: 5 }, { hr: 0.2, sink: 0.5, nll: 5 });
    expect(verdictOf(made, null)?.limits.join(' ')).toContain('One seed: another may reverse this.');
    expect(verdictText(verdictOf(made, null)!)).not.toContain('candidate');
    const evaluation = { ...made.spec.evaluation, protocol: 'pre-ranking' as const, poolFrom: 'given' as const };
    expect(verdictOf({ ...made, spec: { ...made.spec, evaluation } }, null)?.limits).toContain(ONLY_GIVEN);
    const steps = { ...made.spec, training: { ...made.spec.training, steps: 2 * made.spec.training.steps } };
    expect(verdictText(verdictOf({ ...made, spec: steps, complete: false }, null)!)).toContain('These are the numbers of step');
  });
});

it('waits until two arms have been measured at one step', () => {
  const small = smallRecord();
  expect(verdictOf({ ...small, arms: small.arms.slice(0, 1) }, null)).toBeNull();
  expect(verdictOf({ ...small, arms: small.arms.map((arm) => ({ ...arm, evaluations: [] })) }, null)).toBeNull();
});
