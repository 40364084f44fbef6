import { describe, expect, it } from 'vitest';
import * as shapes from '../../measures/entries/embeddings';
import * as entries from '../../measures/entries/sinks';
import { rankingMetrics } from '../../measures/ranking/ranking';
import { encodePoints } from '../../measures/collapse/projection';
import type { ArmRecord, Evaluation, RunRecord } from '../../record/runRecord';
import { runRecordSchema } from '../../record/runRecord';
import { smallRecord, withTable } from '../../testing/smallRecord';
import { armsOf, comparedArms } from '../arms/armsOf';
import {
  aboveReference,
  layerSentence,
  layerSeries,
  layerTable,
  layerValues,
  minusBase,
  placeReference,
  placeSeries,
  placeValue,
} from './layerData';
import { historiesOf, knownUsers, ofUsers } from '../arms/selectedUsers';
import { describePoint, planeClasses, planeColumns, planeSentence, planeSquare, planeTable } from './planeData';
import { shapeSeries, shapeTable, spectra, spectrumSentence } from './spectrumData';

const old = smallRecord();

/**
 * The small record in the current format: two items, one user; every arm moves them to the right by the step.
 */
function measured(): RunRecord {
  const shape = { participation: 3, uniformity: -2, meanCosine: 0.25 };
  const shapes = Object.fromEntries(
    Object.entries(shape).flatMap(([id, value]) => [`${id}Interest`, `${id}Item`].map((own) => [own, value])),
  );
  const of = (evaluation: Evaluation, last: number): Evaluation => ({
    ...evaluation,
    sinks: withTable(evaluation.sinks, 'contentCorrelation', [-0.5, last]),
    values: { ...evaluation.values, ...shapes },
    spectra: { interest: [1, last, 0], item: [1, 0.5, 0] },
    ...(evaluation.population === 'sample' && {
      projection: {
        reach: 4,
        items: encodePoints(Float64Array.of(evaluation.step, 0, 0, 2), 4),
        users: encodePoints(Float64Array.of(-evaluation.step, -4), 4),
        itemShare: 0.25,
        userShare: last / 2,
      },
    }),
  });
  return runRecordSchema.parse({
    ...old,
    base: { ...old.base, sinks: withTable(old.base.sinks, 'contentCorrelation', [0.5, 0.7]) },
    projection: {
      items: { title: ['teacup', 'saucer'], category: ['crockery', ''], cold: [0, 1] },
      users: { target: ['kettle'], cold: [1] },
    },
    arms: old.arms.map((arm, index) => ({
      ...arm,
      evaluations: arm.evaluations.map((evaluation) => of(evaluation, evaluation.step === 0 ? 0.4 : 0.2 + 0.4 * index)),
    })),
  });
}

const record = measured();
const arms = armsOf(record);
const pair = comparedArms(arms, null);

describe('sinks by layer', () => {
  const table = [
    [0, 1],
    [0.5, 0.7],
  ];

  it('use one head or the mean over heads, one layer or the mean over layers', () => {
    expect(layerValues(table, null)).toEqual([0.5, 0.6]);
    expect(layerValues(table, 1)).toEqual([1, 0.7]);
    expect(placeValue(table, { layer: 1, head: 0 })).toBe(0.5);
    expect(placeValue(table, { layer: null, head: 1 })).toBe(0.85);
    expect(placeValue(table, { layer: null, head: null })).toBe(0.55);
  });

  it('have a line for the base model and every arm', () => {
    const series = layerSeries(record, arms, entries.contentCorrelation, 1, null);
    expect(series.map(({ id, points }) => [id, points.map(({ x, y }) => [x, y])])).toEqual([
      ['base', [[1, 0.7]]],
      ['action', [[1, 0.2]]],
      ['karma', [[1, expect.closeTo(0.6, 9)]]],
    ]);
    expect(layerSentence(series, pair, arms, entries.contentCorrelation, null)).toBe(
      'At step 2, content test is furthest from the base model’s in layer 1 with Action (0.20, base 0.70) and in layer 1 with KARMA (0.60, base 0.70). One seed, no interval.',
    );
    const same = series.map((one) => (one.id === 'karma' ? { ...series[0]!, id: 'karma' } : one));
    expect(layerSentence(same, pair, arms, entries.contentCorrelation, null)).toBe(
      'At step 2, content test is furthest from the base model’s in layer 1 with Action (0.20, base 0.70); it is the base model’s in every layer with KARMA. One seed, no interval.',
    );
    const start = layerSeries(record, arms, entries.contentCorrelation, null, 0);
    expect(layerSentence(start, pair, arms, entries.contentCorrelation, 0)).toBe(
      'Before training, content test is furthest from the base model’s in layer 1 with Action (−0.05, base 0.60) and in layer 1 with KARMA (−0.05, base 0.60). One seed, no interval.',
    );
  });

  it('are shown as what an arm changed', () => {
    const series = minusBase(layerSeries(record, arms, entries.contentCorrelation, 1, null));
    expect(series.map(({ id, points }) => [id, points.map(({ y }) => y)])).toEqual([
      ['action', [expect.closeTo(-0.5, 9)]],
      ['karma', [expect.closeTo(-0.1, 9)]],
    ]);
    const place = { layer: 0, head: 0 };
    const [action] = aboveReference(
      placeSeries(arms, entries.contentCorrelation, place, 'step', 12),
      placeReference(record, entries.contentCorrelation, place),
    );
    expect(action?.points.map(({ y }) => y)).toEqual([-1, -1]);
  });

  it('follow a position over training, beside the base model', () => {
    const [action] = placeSeries(arms, entries.contentCorrelation, { layer: 0, head: 0 }, 'step', 12);
    expect(action?.points.map(({ x, y }) => [x, y])).toEqual([
      [0, -0.5],
      [2, -0.5],
    ]);
    expect(placeReference(record, entries.contentCorrelation, { layer: 0, head: null })[0]?.value).toBeCloseTo(0.6, 9);
    expect(layerTable(record, arms, entries.contentCorrelation).rows).toHaveLength(2 + 2 * 3 * 2);
  });

  it('never compare two arms at different steps', () => {
    const late = record.arms.map((arm, i) => ({
      ...arm,
      evaluations: arm.evaluations.filter(({ step }) => i === 0 || step === 0),
    }));
    const said = (ends: readonly ArmRecord[]): string => {
      const between = armsOf({ ...record, arms: [...ends] });
      const series = layerSeries(record, between, entries.contentCorrelation, null, null);
      return layerSentence(series, comparedArms(between, null), between, entries.contentCorrelation, null);
    };
    expect(said(late)).toMatch(/^Before training, /);
    const [action, karma] = late as [ArmRecord, ArmRecord];
    const ahead = { ...action, evaluations: action.evaluations.filter(({ step }) => step > 0) };
    expect(said([ahead, karma])).toBe('The arms have not been measured at the same step yet.');
  });

  it('use all users for a step that was measured only on them', () => {
    const last = record.arms.map((arm) => ({
      ...arm,
      evaluations: arm.evaluations.filter(({ step, population }) => step === 0 || population === 'all'),
    }));
    const ended = armsOf({ ...record, arms: last });
    const steps = (series: ReturnType<typeof shapeSeries>) => series[0]?.points.map(({ key }) => key);
    expect(steps(placeSeries(ended, entries.contentCorrelation, { layer: 0, head: 0 }, 'step', 12))).toEqual([0, 2]);
    expect(steps(shapeSeries(ended, 'item', shapes.rankMeMeasure, 'step', 12))).toEqual([0, 2]);
  });

  it('leave out the content test for older records', () => {
    const oldArms = armsOf(old);
    expect(layerSeries(old, oldArms, entries.contentCorrelation, null, null)).toEqual([]);
    expect(layerSentence([], null, oldArms, entries.contentCorrelation, null)).toBe('This record predates the content test.');
    expect(placeSeries(oldArms, entries.contentCorrelation, { layer: null, head: null }, 'step', 12)[0]?.points).toEqual([]);
    expect(layerSeries(old, oldArms, entries.barcode, null, null)).toHaveLength(3);
  });
});

describe('spectra', () => {
  it('show the start and the arms, without zeros', () => {
    const series = spectra(arms, 'interest', null);
    expect(series.map(({ label, points }) => [label, points.map(({ y }) => y)])).toEqual([
      ['start', [1, 0.4]],
      ['Action', [1, 0.2]],
      ['KARMA', [1, expect.closeTo(0.6, 9)]],
    ]);
    expect(spectrumSentence(series, 'interest', 2)).toContain(
      'Singular value 2 of h, as a share of the largest: 0.40 before training; at step 2 0.20 with Action and 0.60 with KARMA.',
    );
    expect(spectra(armsOf(old), 'item', null)).toEqual([]);
    expect(spectrumSentence([], 'item', 2)).toContain('predates singular values');
  });

  it('separate interest embeddings of all users from the sample’s, but not items', () => {
    const [interest] = shapeSeries(arms, 'interest', shapes.meanCosine, 'step', 12);
    expect(interest).toMatchObject({ points: [{ y: 0.25 }, { y: 0.25 }], apart: [{ y: 0.25 }] });
    expect(shapeSeries(arms, 'item', shapes.rankMeMeasure, 'step', 12)[0]).not.toHaveProperty('apart');
    expect(shapeSeries(armsOf(old), 'item', shapes.uniformityMeasure, 'step', 12)[0]?.points).toEqual([]);
    const { columns, rows } = shapeTable(arms);
    expect(columns.slice(-3)).toEqual(['σ1/σ1', 'σ2/σ1', 'σ3/σ1']);
    expect(rows).toHaveLength(2 * 3 * 2);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([columns.length]));
  });
});

describe('one plane', () => {
  it('is shown before training and under every arm, in one square', () => {
    const columns = planeColumns(record, arms, null);
    expect(columns.map(({ id, step }) => [id, step])).toEqual([
      ['base', 0],
      ['action', 2],
      ['karma', 2],
    ]);
    [2, 0, 0, 2, -2, -4].forEach((value, at) => {
      expect(columns[1]!.points[at]).toBeCloseTo(value, 3);
    });
    const { reach, y } = planeSquare(record);
    expect(y).toBeCloseTo(-1, 3);
    expect(reach).toBeCloseTo(3.12, 3);
    expect(planeSentence(columns).replaceAll('\u00a0', ' ')).toContain(
      'The plane holds 25 % and 20 % of the variance of e and of h before training; at step 2 25 % and 10 % with Action and 25 % and 30 % with KARMA.',
    );
    expect(planeTable(record, arms).rows).toHaveLength(2 * 2 * 3);
  });

  it('distinguishes points by cold and by category, and names them', () => {
    const { projection } = record;
    expect(planeClasses(projection!, 'cold').classOf).toEqual([0, 1, 3]);
    const { classes, classOf } = planeClasses(projection!, 'category');
    expect(classes.map(({ label }) => label)).toEqual(['other items', 'crockery', 'users']);
    expect(classOf).toEqual([1, 0, 2]);
    expect([0, 1, 2].map((point) => describePoint(projection!, point))).toEqual([
      'teacup · crockery, warm item',
      'saucer · cold item',
      'a user whose next item is kettle (cold)',
    ]);
  });

  it('says that older records have none', () => {
    expect(planeColumns(old, armsOf(old), null)).toEqual([]);
    expect(planeSentence([])).toContain('predates projections');
    expect(planeTable(old, armsOf(old)).rows).toEqual([]);
  });
});

describe('picked users', () => {
  const two = runRecordSchema.parse({
    ...record,
    projection: { ...record.projection, users: { target: ['kettle', 'saucer'], cold: [1, 0], id: ['v', 'u'] } },
  });
  const sample = (of: RunRecord): Evaluation => of.arms[0]!.evaluations.find(({ population }) => population === 'sample')!;

  it('are ranked again from their own ranks, with n, and without measures that no user has', () => {
    const whole = sample(two);
    const [, second] = whole.ranks as [number, number];
    const few = ofUsers(two, [1]);
    const own = sample(few);
    expect(own.ranks).toEqual([second]);
    expect(own.targets.all).toBe(1);
    for (const k of two.spec.evaluation.ks) expect(own.values[`hr@${k}`]).toBe(second <= k ? 1 : 0);
    expect(own.values.mrr).toBeCloseTo(1 / second);
    expect(Object.keys(own.values).filter((id) => id.startsWith('coverage'))).toEqual([]);
    expect(few.arms.every(({ evaluations }) => evaluations.every(({ population }) => population === 'sample'))).toBe(true);
    const all = ofUsers(
      two,
      whole.ranks.map((_, user) => user),
    );
    expect(sample(all).values).toMatchObject(rankingMetrics(whole.ranks, two.spec.evaluation.ks).values);
  });

  it('lead to their recorded histories if the record names them', () => {
    expect(two.probes.map(({ user }) => user)).toEqual(['u']);
    expect(historiesOf(two, [0])).toEqual([]);
    expect(historiesOf(two, [0, 1])).toEqual([0]);
    expect(historiesOf(record, [0])).toBeNull();
  });

  it('are those that the plane has, and none of a run without ranks', () => {
    expect(knownUsers(two, [1, 7])).toEqual([1]);
    expect(knownUsers(two, [7])).toBeNull();
    expect(knownUsers(old, [0])).toBeNull();
    const arms = two.arms.map((arm) => ({ ...arm, evaluations: arm.evaluations.map((one) => ({ ...one, ranks: [] })) }));
    expect(ofUsers({ ...two, arms }, [0]).arms[0]!.evaluations).toEqual([]);
  });
});
