import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { measure, measuredValues } from '../measures/measures';
import { tableMean } from '../measures/sinks/sinks';
import { smallRecord } from '../testing/smallRecord';
import { migrate } from './migrate';
import { runRecordSchema } from './runRecord';

type Table = number[][];
interface FirstMetrics {
  readonly n: number;
  readonly hr: Record<string, number>;
  readonly ndcg: Record<string, number>;
  readonly mrr: number;
  readonly mrrAt?: Record<string, number>;
  readonly hrInterval: Record<string, [number, number]>;
}
interface FirstRanking {
  readonly all: FirstMetrics;
  readonly warm: FirstMetrics;
  readonly cold: FirstMetrics;
  readonly groups?: Record<string, FirstMetrics>;
  readonly lists?: Record<string, Record<string, number>>;
}
interface FirstEvaluation {
  readonly ranking: FirstRanking;
  readonly gauc?: { readonly value: number; readonly cold?: { readonly value: number } | null };
  readonly collapse: Record<string, number> & Record<'interest' | 'item', Record<string, unknown>>;
  readonly sinks: Record<string, Table>;
  readonly userSinks?: Record<string, Table>;
  readonly overlap?: Record<string, number>;
}
interface First {
  readonly version: number;
  readonly base: { readonly lmNll: number };
  readonly baselines: Record<string, { readonly all: FirstRanking; readonly ranks?: { readonly all: number[] } }>;
  readonly arms: readonly { readonly evaluations: readonly FirstEvaluation[] }[];
}

function firstOf(file: string): First {
  const bytes = readFileSync(file);
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as First;
}

/** What version 1 said, by the IDs of today's measures. */
function valuesOf({ ranking, gauc, collapse, sinks, userSinks, overlap }: FirstEvaluation): Record<string, number> {
  const expected: Record<string, number> = {};
  const { all, warm, cold, groups, lists = {} } = ranking;
  for (const [split, { n, hr, ndcg, mrrAt = {} }] of Object.entries({ '': all, 'warm-': warm, 'cold-': cold, ...groups })) {
    const prefix = split === '' || split.endsWith('-') ? split : `${split}-`;
    for (const [name, of] of Object.entries({ hr, ndcg, mrr: mrrAt }))
      for (const [k, value] of Object.entries(of)) if (n > 0) expected[`${prefix}${name}@${k}`] = value;
  }
  for (const [name, of] of Object.entries(lists)) for (const [k, value] of Object.entries(of)) expected[`${name}@${k}`] = value;
  expected.mrr = all.mrr;
  if (gauc) expected.gauc = gauc.value;
  if (gauc?.cold) expected['cold-gauc'] = gauc.cold.value;
  for (const id of ['rankMeInterest', 'rankMeItem', 'lmNll', 'lmDrift', 'domainDrift'])
    if (collapse[id] !== undefined) expected[id] = collapse[id];
  for (const id of ['firstHalfSinkRate', 'firstAlpha', 'barcode'])
    if ((userSinks ?? sinks)[id]?.length) expected[id] = tableMean((userSinks ?? sinks)[id]!);
  if (sinks.contentCorrelation?.length) expected.contentCorrelation = tableMean(sinks.contentCorrelation);
  if (overlap) expected['js50-space'] = overlap.space!;
  return expected;
}

const FILES = [
  ...['collapse', 'ids', 'rank'].map((name) => `public/recorded/${name}.run.json.gz`),
  'tests/records/action-karma.json',
  'docs/findings/strong-retail/9a946c3636c1.run.json.gz',
];

describe('a run of version 1', () => {
  it.each(FILES)('has the measures that it had: %s', (file) => {
    const first = firstOf(file);
    expect(first.version).toBe(1);
    const record = runRecordSchema.parse(first);
    expect(record.version).toBe(2);
    first.arms.forEach(({ evaluations }, arm) => {
      evaluations.forEach((old, at) => {
        const evaluation = record.arms[arm]!.evaluations[at]!;
        expect(measuredValues(evaluation)).toMatchObject(valuesOf(old));
        expect(evaluation.targets.all).toBe(old.ranking.all.n);
        expect(evaluation.targets.cold ?? 0).toBe(old.ranking.cold.n);
        for (const [k, interval] of Object.entries(old.ranking.all.hrInterval))
          expect(measure(`hr@${k}`).interval(evaluation)).toEqual(interval);
        const spectrum = (old.collapse.interest as typeof old.collapse.interest | undefined)?.singularValues;
        expect(evaluation.spectra?.interest).toEqual(spectrum);
      });
    });
    expect(measure('lmNll').base(record)).toBe(first.base.lmNll);
    const { zeroShot } = record.baselines;
    expect(zeroShot.all.values['hr@10']).toBe(first.baselines.zeroShot!.all.all.hr['10']);
    expect(zeroShot.all.ranks).toEqual(first.baselines.zeroShot!.ranks?.all ?? []);
  });

  it('is written in the current version, which is read as it is', () => {
    const record = runRecordSchema.parse(firstOf('public/recorded/collapse.run.json.gz'));
    expect(runRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });
});

it('gives a term that a run did not know the column of arms without it', () => {
  const record = smallRecord();
  const { replay: _, ...steps } = record.arms[0]!.steps;
  const read = runRecordSchema.parse({ ...record, arms: [{ ...record.arms[0], steps }] });
  expect(read.arms[0]!.steps.replay).toEqual([null, null]);
});

it('leaves what it does not know to the schema', () => {
  for (const value of [
    null,
    1,
    'run',
    [],
    {},
    { version: 1 },
    { version: 1, arms: [{}], base: [], baselines: { popularity: 1 } },
  ]) {
    expect(() => migrate(value)).not.toThrow();
    expect(runRecordSchema.safeParse(value).success).toBe(false);
  }
});
