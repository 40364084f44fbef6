import { expect, it } from 'vitest';
import type { Fidelity, RunRecord } from '../../record/runRecord';
import { withMeasures } from '../../record/withMeasures';
import { baselineRecord, evaluation, ranking, smallRecord } from '../../testing/smallRecord';
import { shippedEvidence } from '../../testing/shippedEvidence';
import { armsOf, comparedArms, evaluationsAt } from '../arms/armsOf';
import { probeTextOf } from './readingData';
import { decodability, decodedCategory } from '../../measures/entries/decodability';
import {
  fidelities,
  fidelitySentence,
  fidelityGroups,
  fidelityTable,
  overlapGroups,
  semanticOverlaps,
  targetsSentence,
} from './fidelityData';

function fidelity(gain: number, n = 6): Fidelity {
  const bySplit = <Value>(of: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(
      Object.entries(of).flatMap(([id, value]) => [
        [id, value],
        [`warm-${id}`, value],
      ]),
    );
  return {
    ...{ steps: 9, pairs: 72, shrinkage: 1, decoded: ['a kettle'] },
    counts: bySplit({ decodability: n, decodedNll: n, emptyNll: n }),
    values: bySplit({ decodability: gain, decodedNll: 4 - gain, emptyNll: 4 }),
    intervals: bySplit({ decodability: [gain - 0.1, gain + 0.1] as [number, number] }),
  };
}

function probed(): RunRecord {
  const record = smallRecord();
  const both = {
    values: { 'js50-space': 0.2, 'js50-tokens': 0.4 },
    intervals: { 'js50-space': [0.1, 0.3] as [number, number], 'js50-tokens': [0.3, 0.5] as [number, number] },
    overlapTargets: 6,
  };
  const ranked = baselineRecord(ranking(3, 0.1), withMeasures(ranking(6, 0.12), both));
  return {
    ...record,
    base: { ...record.base, fidelity: fidelity(0.05), control: fidelity(0.6) },
    baselines: {
      ...record.baselines,
      popularity: ranked,
      zeroShot: ranked,
    },
    arms: record.arms.map((arm, i) => ({
      ...arm,
      evaluations: [
        evaluation(0, 0.2),
        evaluation(2, 0.5, {
          population: 'all',
          ...withMeasures(ranking(6, 0.5), both),
          fidelity: fidelity(i === 0 ? 0.1 : 0.35),
        }),
      ],
    })),
  };
}

it('compares the arms’ gains with each other and with the untrained model, without claiming evidence', () => {
  const record = probed();
  const arms = armsOf(record);
  const list = fidelities(record, arms);
  expect(list.map(({ label }) => label)).toEqual(['Target’s own e', 'Untrained', 'Action', 'KARMA']);
  expect(fidelitySentence(list, comparedArms(arms, null))).toBe(
    'What the probe decoder saves by knowing h is 0.350 nats per token with KARMA and 0.100 with Action, 0.050 before training, 0.600 when it reads the target’s own embedding instead, over 6 targets. One seed: a description, not evidence.',
  );
  // No line for cold targets, since there are none.
  expect(fidelityGroups(list, decodability)[3]!.points.map(({ label, value }) => [label, value])).toEqual([
    ['all', 0.35],
    ['warm', 0.35],
  ]);
  expect(probeTextOf(evaluationsAt(arms, null).get('action'), 0)).toBe('a kettle');
  expect(probeTextOf(evaluationsAt(arms, 0).get('action'), 0)).toBeNull();
});

it('lists what is drawn, and nothing for a record without it', () => {
  const record = probed();
  const arms = armsOf(record);
  // Lists of 50 items are the same in a catalogue of 50.
  expect(semanticOverlaps({ ...record, data: { ...record.data, items: 50 } }, arms)).toEqual([]);
  expect(overlapGroups(semanticOverlaps(record, arms)).map(({ label }) => label)).toEqual([
    'Zero-shot',
    'Popularity',
    'Action',
    'KARMA',
  ]);
  const { rows } = fidelityTable(record, arms);
  expect(rows).toHaveLength(4 * 2 * 3 + 4 * 2);
  expect(rows[0]).toEqual(['Target’s own e', 'decodability gain', 'all', 6, 0.6, 0.5, expect.closeTo(0.7, 12)]);
  const old = smallRecord();
  expect(fidelities(old, armsOf(old))).toEqual([]);
  expect(fidelityTable(old, armsOf(old)).rows).toEqual([]);
  expect(fidelitySentence([], null)).toBe('No probe decoder was trained on these arms.');
});

it('says over how many targets the decoded category is, which is read for fewer of them', () => {
  const record = shippedEvidence().runs.get('collapse')!;
  const list = fidelities(record, armsOf(record));
  const { counts } = record.arms[0]!.evaluations.at(-1)!.fidelity!;
  expect(counts.decodedCategory).toBeLessThan(counts.decodability!);
  for (const measure of [decodability, decodedCategory]) {
    const [n, cold] = [counts[measure.all.id]!, counts[measure.cold.id]!];
    expect(targetsSentence(list, measure)).toBe(`Over ${n} targets, ${cold} of them cold.`);
  }
});
