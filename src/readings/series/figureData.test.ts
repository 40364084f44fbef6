import { describe, expect, it } from 'vitest';
import { sinkPopulation } from '../../measures/sinks/userSinks';
import { TERM_IDS } from '../../recipe/terms';
import { withMeasures } from '../../record/withMeasures';
import { evaluation, inPools, ranking, sinks, smallRecord, snapshot, withTable } from '../../testing/smallRecord';
import { type FigureArm, armsOf, comparedArms, evaluationsAt, recordedSteps, snapshotsAt, withArms } from '../arms/armsOf';
import { attentionColumns, attentionSentence, attentionTable, clampHead, limitOverSteps, strongestItem } from './attentionData';
import { columnWidth } from './columnRows';
import { neighbourStep } from './neighbourStep';
import { chartedMeasures, collapseSentence, collapseSeries, collapseTable } from './collapseData';
import { lossSentence, lossSeries, lossTable } from './lossData';
import {
  baselineLines,
  measuresOf,
  pairedHitDifference,
  rankingOverK,
  rankingOverSteps,
  rankingSentence,
  rankingStepsTable,
  splitOf,
  largestUserCount,
} from './rankingData';
import { entry, rankingMeasure } from '../../measures/measures';
import { readingSentence, readingTable } from './readingData';

const record = smallRecord();
const arms = armsOf(record);

it('keeps the mark of an arm that is shown without the others', () => {
  const named = ['mine', 'other'];
  const renamed = {
    ...record,
    spec: { ...record.spec, arms: record.spec.arms.slice(0, 2).map((arm, at) => ({ ...arm, id: named[at]! })) },
    arms: record.arms.slice(0, 2).map((arm, at) => ({ ...arm, id: named[at]! })),
  };
  expect(armsOf(withArms(renamed, ['other']))[0]!.mark).toBe(armsOf(renamed)[1]!.mark);
});
const pair = comparedArms(arms, null);
const at = { probe: 0, layer: 0, head: 0 };
const hr = (split: 'all' | 'cold') => ({ measure: rankingMeasure('hr'), split });

describe('columns of attention maps', () => {
  it.each([
    ['side by side where they fit', 4, 1092, 258],
    ['in two rows where they do not', 4, 772, 376],
    ['in rows of about as many', 6, 772, 244],
    ['no wider than is of use', 2, 1092, 380],
    ['alone on a phone', 1, 358, 358],
  ])('are laid out %s', (_, count, width, expected) => {
    expect(columnWidth(count, width, 20)).toBe(expected);
  });
});

describe('arms', () => {
  it('compares KARMA with Action unless the reader chooses others', () => {
    expect(pair?.map((arm) => arm.id)).toEqual(['karma', 'action']);
    expect(comparedArms(arms, ['action', 'karma'])?.map((arm) => arm.id)).toEqual(['action', 'karma']);
    expect(comparedArms(arms, ['gone', 'karma'])?.map((arm) => arm.id)).toEqual(['karma', 'action']);
    expect(comparedArms(arms.slice(0, 1), null)).toBeNull();
  });

  it('finds the snapshots and evaluations for a step', () => {
    expect(recordedSteps(record.arms)).toEqual([0, 2]);
    expect(snapshotsAt(arms, 1).get('karma')?.step).toBe(0);
    expect(snapshotsAt(arms, null).get('karma')?.step).toBe(2);
    expect(evaluationsAt(arms, null).get('karma')?.population).toBe('all');
    expect(evaluationsAt(arms, 1).get('karma')?.step).toBe(0);
  });

  it('scrubs to neighbours and to the latest', () => {
    expect(neighbourStep([0, 10, 20], null, -1)).toBe(10);
    expect(neighbourStep([0, 10, 20], 10, 1)).toBeNull();
    expect(neighbourStep([0, 10, 20], 0, -1)).toBe(0);
    expect(neighbourStep([], null, 1)).toBeNull();
  });
});

describe('attention', () => {
  const columns = attentionColumns(record, arms, at, null);

  it('puts the base model first and says which item [EMB] attends to', () => {
    expect(columns.map((column) => [column.id, column.step])).toEqual([
      ['base', 0],
      ['action', 2],
      ['karma', 2],
    ]);
    expect(strongestItem(columns[1]!.map!, record.probes[0]!)).toEqual({ position: 2, weight: 0.8 });
    const sentence = attentionSentence(columns, record.probes[0]!, at, 'action');
    expect(sentence).toContain('under Action is “saucer”: weight 0.80; on the same item Base model 0.20, KARMA 0.40.');
    expect(sentence).toContain('one seed');
  });

  it('says so if [EMB] attends more to what is no item', () => {
    const onStart = columns.map((column) => {
      if (column.id !== 'action') return column;
      const map = Uint8Array.from(column.map!);
      const length = record.probes[0]!.labels.length;
      map.fill(0, (length - 1) * length);
      map[(length - 1) * length] = 255;
      return { ...column, map };
    });
    const sentence = attentionSentence(onStart, record.probes[0]!, at, 'action');
    expect(sentence).toContain('[EMB] attends most to [BOS] under Action: weight 1.00. Of the items, most to “');
    expect(sentence).toMatch(/: 0\.00; on the same item Base model/);
  });

  it('has a table without the masked triangle', () => {
    expect(attentionTable(columns, record.probes[0]!).rows).toHaveLength(10);
  });

  it('restricts the head to existing ones, and has one difference limit for all steps', () => {
    expect(clampHead({ probe: 9, layer: 9, head: 9 }, snapshot(0, 0))).toEqual({ probe: 0, layer: 0, head: 1 });
    expect(limitOverSteps(arms[1]!, arms[0]!, at)).toBe(0.5);
  });

  it('reads sinks over the evaluated users if the record has them, else over the probes', () => {
    const over = (users: number, rate: number) => ({ ...sinks(rate), users, meanLength: 3.5, sinkRate: [rate] });
    const [first, ...others] = record.arms;
    const evaluations = first!.evaluations.map((one) => ({
      ...one,
      userSinks: over(one.targets.all, one.step === 0 ? 0.1 : 0.7),
    }));
    const measured = { ...record, arms: [{ ...first!, evaluations }, ...others] };
    const [base, action, karma] = attentionColumns(measured, armsOf(measured), at, null);
    expect(base?.sinks?.tables.itemSinkRate).toEqual([[0.1, 0.1]]);
    expect(action?.sinks?.tables.itemSinkRate).toEqual([[0.7, 0.7]]);
    expect(karma?.sinks?.tables.itemSinkRate).toEqual([[0.25, 0.25]]);
    expect(sinkPopulation(measured, evaluations.at(-1)!)).toBe('over 6 evaluated users (T = 3.5 on average)');
    expect(sinkPopulation(measured, null)).toBe('over 3 evaluated users (T = 3.5 on average)');
    expect(sinkPopulation(record, record.arms[0]!.evaluations[0]!)).toBe('over 1 probe histories (T = 4)');
  });

  it('shows the base model alone, with the sinks that it has beside arms', () => {
    const over = (users: number, rate: number) => ({ ...sinks(rate), users, meanLength: 3.5, sinkRate: [rate] });
    const measured = {
      ...record,
      arms: record.arms.map((arm) => ({
        ...arm,
        evaluations: arm.evaluations.map((one) => ({ ...one, userSinks: over(3, one.step === 0 ? 0.1 : 0.7) })),
      })),
    };
    const alone = withArms(measured, []);
    const columns = attentionColumns(alone, armsOf(alone), at, null);
    expect(columns.map(({ id }) => id)).toEqual(['base']);
    expect(columns[0]!.sinks?.tables.itemSinkRate).toEqual([[0.1, 0.1]]);
    expect(sinkPopulation(alone, null)).toBe('over 3 evaluated users (T = 3.5 on average)');
    expect(withArms(measured, ['nobody'])).toBe(measured);
    expect(attentionSentence(columns, alone.probes[0]!, at, 'base')).not.toContain('Action');
  });

  it('shows no map before the first snapshot', () => {
    const fresh = armsOf({ ...record, arms: [{ ...record.arms[0]!, attention: [], evaluations: [] }] });
    expect(attentionColumns(record, fresh, at, null)[1]).toMatchObject({ map: null, sinks: null });
  });
});

describe('HR', () => {
  it('separates the evaluation on all users', () => {
    const [action] = rankingOverSteps(arms, hr('all'), 10, 'examples', 12);
    expect(action?.points.map((point) => [point.x, point.y, point.n])).toEqual([
      [0, 0.2, 3],
      [24, 0.4, 3],
    ]);
    expect(action?.apart?.map((point) => [point.x, point.y, point.n])).toEqual([[24, 0.5, 6]]);
  });

  it('draws nothing for a split without users', () => {
    expect(rankingOverSteps(arms, hr('cold'), 10, 'step', 12)[0]?.points).toEqual([]);
    expect(baselineLines(record.baselines, 'all', hr('cold'), 10)).toEqual([]);
    expect(rankingSentence(pair, arms, hr('cold'), 10, null)).toBe('No cold targets among the evaluated users.');
    expect(largestUserCount(arms, 'sample', splitOf(hr('cold')))).toBe(0);
  });

  it('counts all users for a measure without splits, whichever was chosen', () => {
    expect(largestUserCount(arms, 'sample', splitOf({ measure: rankingMeasure('coverage'), split: 'cold' }))).toBe(3);
  });

  it('uses baselines on the users of the shown evaluation', () => {
    const zeroShot = (step: number | null) =>
      rankingOverK(record, arms, step, hr('all')).find((one) => one.id === 'zeroShot')?.points[1];
    expect(zeroShot(null)).toMatchObject({ x: 10, y: 0.12, n: 6 });
    expect(zeroShot(0)).toMatchObject({ y: 0.1, n: 3 });
  });

  /** Both arms on all of `users` users at step 2. */
  const apart = (users: number, action: number, karma: number) =>
    armsOf({
      ...record,
      arms: record.arms.map((arm, i) => ({
        ...arm,
        evaluations: [evaluation(2, 0, { population: 'all', ...ranking(users, i === 0 ? action : karma, 0.02) })],
      })),
    });

  it('does not claim what the interval does not show', () => {
    const few = apart(6, 3 / 6, 4 / 6);
    // One user of six differs: 1/6 ± t(5)·1/6.
    expect(rankingSentence(comparedArms(few, null), few, hr('all'), 10, null)).toBe(
      'HR@10 at step 2 (all 6 users): KARMA and Action are not distinguishable (66.7 against 50.0 %; paired 95 % interval of the difference −26.2 to +59.5 points; one seed).',
    );
  });

  it('names direction, size, interval and the single seed if they differ', () => {
    const many = apart(600, 0.5, 0.4);
    // 60 of 600 users differ, all in the same direction.
    expect(rankingSentence(comparedArms(many, null), many, hr('all'), 10, null)).toBe(
      'HR@10 is 10.0 points lower with KARMA than with Action at step 2 (all 600 users): 40.0 against 50.0 %; paired 95 % interval of the difference −12.4 to −7.6 points. One seed: it says nothing about other seeds.',
    );
  });

  it('pairs users: agreement narrows the interval, disagreement widens it', () => {
    const of = (ranks: number[]) => evaluation(1, 0, { ranks, cold: [0, 0, 1, 1] });
    const same = pairedHitDifference(of([1, 50, 1, 50]), of([2, 60, 3, 70]), 10, 'all');
    // Nobody differs, so there is no spread: with four users, up to 60 % of all users may differ still.
    expect(same?.difference).toBe(0);
    expect(same?.low).toBeCloseTo(-0.6024, 4);
    expect(same?.high).toBeCloseTo(0.6024, 4);
    const crossed = pairedHitDifference(of([1, 50, 1, 50]), of([50, 1, 50, 1]), 10, 'all');
    expect(crossed?.difference).toBe(0);
    expect([crossed?.low, crossed?.high]).toEqual([-1, 1]);
    expect(pairedHitDifference(of([1, 50, 50, 50]), of([50, 50, 1, 1]), 10, 'cold')?.difference).toBe(-1);
    expect(pairedHitDifference(of([1, 50, 50, 50]), of([1, 1]), 10, 'all')).toBeNull();
  });

  it('mentions the candidate pool in every sentence, compares ranks in it, and is offered if the record has pools', () => {
    const pooled = (hits: number) => {
      const ranks = Array.from({ length: 400 }, (_, user) => (user < hits ? 1 : 11));
      const pooled = withMeasures(ranking(400, 0.1), inPools(ranking(400, hits / 400)));
      return [evaluation(2, 0, { population: 'all', ...pooled, pool: { size: 12, ranks } })];
    };
    const measured = { ...record, arms: record.arms.map((arm, i) => ({ ...arm, evaluations: pooled(i === 0 ? 240 : 120) })) };
    const shown = { measure: rankingMeasure('pool-hr'), split: 'all' } as const;
    const both = armsOf(measured);
    expect(rankingSentence(comparedArms(both, null), both, shown, 10, null)).toMatch(
      /^Candidate-pool HR@10 is 30\.0 points lower with KARMA than with Action at step 2 \(all 400 users\): 30\.0 against 60\.0 %/,
    );
    expect(measuresOf(measured, [1, 10]).map(({ id }) => id)).toEqual(['hr', 'ndcg', 'pool-hr', 'pool-ndcg']);
    expect(measuresOf(record, [1, 10]).map(({ id }) => id)).toEqual(['hr', 'ndcg']);
    expect(rankingSentence(pair, arms, shown, 10, null)).toBe('This run has no candidate-pool HR@10.');
    const gauc = { measure: rankingMeasure('gauc'), split: 'all' } as const;
    const ranked = armsOf({
      ...record,
      arms: record.arms.map((arm) => ({
        ...arm,
        evaluations: [evaluation(2, 0.5, { values: { gauc: 0.625 } })],
      })),
    });
    expect(rankingSentence(null, ranked, gauc, 10, null)).toBe('gAUC of Action is 0.625 at step 2 (3 sampled users); one seed.');
  });

  it('tabulates every evaluation', () => {
    expect(rankingStepsTable(arms, 10, 'all', false).rows).toHaveLength(6);
    const { columns, rows } = rankingStepsTable(arms, 10, 'cold', true);
    expect(rows[0]![columns.indexOf('targets')]).toBe('cold with a candidate set');
  });
});

describe('losses', () => {
  it('leaves out arms without the term and smooths over a raw trace', () => {
    expect(lossSeries(arms, 'gen', 'step', 0.5).map((one) => one.id)).toEqual(['karma']);
    const [action] = lossSeries(arms, 'action', 'seconds', 0.5);
    expect(action?.raw?.map((point) => [point.x, point.y])).toEqual([
      [2, 5],
      [4, 4],
    ]);
    expect(action?.points[1]?.y).toBeCloseTo((0.25 * 5 + 0.5 * 4) / 0.75);
    expect(lossSeries(arms, 'action', 'step', 0)[0]?.raw).toBeUndefined();
  });

  it('draw a spike of one step of 100,000 in every arm, and all steps of a narrow range', () => {
    const steps = 100_000;
    const [first, second] = arms as [FigureArm, FigureArm];
    const long = (arm: FigureArm, spike: number): FigureArm => {
      const action = Array.from({ length: steps }, (_, i) => (i === spike ? 50 : 1 + (i % 7) / 10));
      const step = Array.from({ length: steps }, (_, i) => i + 1);
      return { ...arm, record: { ...arm.record, steps: { ...arm.record.steps, step, seconds: step, examples: step, action } } };
    };
    const both = [long(first, 41_777), long(second, 3)];
    const whole = lossSeries(both, 'action', 'step', 0.8);
    for (const one of whole) {
      const keys = one.raw!.map(({ key }) => key);
      expect(keys).toEqual(expect.arrayContaining([1, 4, 41_778, steps]));
      expect(one.points.map(({ key }) => key)).toEqual(keys);
      expect(keys.length).toBeLessThan(4000);
    }
    expect(Math.max(...whole[0]!.raw!.map(({ y }) => y))).toBe(50);
    const near = lossSeries(both, 'action', 'step', 0, [41_700, 41_800])[0]!.points.map(({ key }) => key);
    expect(near).toEqual([1, ...Array.from({ length: 103 }, (_, i) => 41_699 + i), steps]);
  });

  it('says where the losses ended', () => {
    expect(lossSentence(arms, 'action', 0)).toContain('L_act at the last step: Action 4.000, KARMA 4.500.');
    expect(lossSentence(arms.slice(0, 1), 'rec', 0)).toBe('No arm has L_rec.');
    expect(lossTable(arms).rows[0]).toEqual(['Action', 1, 2, 12, 5, 5, ...TERM_IDS.map(() => null), 1, 1e-3]);
  });
});

describe('collapse', () => {
  it('has one point per step', () => {
    expect(collapseSeries(arms, entry('itemSinkRate'), 'step', 12)[1]?.points.map((point) => [point.x, point.y])).toEqual([
      [0, 0.2],
      [2, 0.25],
    ]);
  });

  it('separates RankMe of all users from the sample’s', () => {
    const [action] = collapseSeries(arms, entry('rankMeInterest'), 'step', 12);
    expect(action?.points.map((point) => point.n)).toEqual([3, 3]);
    expect(action?.apart?.map((point) => point.n)).toEqual([6]);
  });

  it('describes a difference without claiming evidence', () => {
    expect(collapseSentence(record, pair, arms, null)).toBe(
      'At step 2 item-sink rate, all items is 0.25 lower with KARMA than with Action (0.25 against 0.50, base 0.20); α of [BOS] is 0.25 lower with KARMA than with Action (0.25 against 0.50, base 0.20); LM drift is the same with KARMA as with Action (0.40 against 0.40). One seed, so no interval: a description, not evidence.',
    );
  });

  it('shows sinks of the first half if the record has them, and never gives their name to those of all items', () => {
    const names = (of: ReturnType<typeof armsOf>): string[] => chartedMeasures(of).map(({ name }) => name);
    expect(names(arms)).toContain('item-sink rate, all items');
    expect(names(arms)).not.toContain('item-sink rate');
    const newer = armsOf({
      ...record,
      arms: record.arms.map((arm) => ({
        ...arm,
        evaluations: arm.evaluations.map((one) => ({ ...one, sinks: withTable(one.sinks, 'firstHalfSinkRate', [0.1, 0.3]) })),
      })),
    });
    expect(names(newer)).toContain('item-sink rate');
    expect(names(newer)).not.toContain('item-sink rate, all items');
    expect(collapseSeries(newer, entry('firstHalfSinkRate'), 'step', 12)[0]?.points[0]?.y).toBeCloseTo(0.2, 12);
  });

  it('starts its table with the base model', () => {
    const { columns, rows } = collapseTable(record, arms);
    expect(columns.slice(0, 5)).toEqual(['model', 'step', 'population', 'α of [BOS]', 'item-sink rate, all items']);
    expect(rows[0]?.slice(0, 5)).toEqual(['base', 0, '', 0.2, 0.2]);
  });
});

describe('readings', () => {
  it('counts hits and lists what was retrieved', () => {
    expect(readingSentence(arms, null)).toContain('Action in 1 of 1 histories and KARMA in 1 of 1 histories');
    expect(readingTable(arms, record.probes, null).rows[0]).toEqual([
      ...[1, 'u', 'kettle', 'Action'],
      ...[null, null, 1, 'kettle', 2, 'hit'],
    ]);
  });
});
