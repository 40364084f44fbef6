import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runRecordSchema } from '../record/runRecord';
import { withMeasures } from '../record/withMeasures';
import { metricsLines } from './metricsLines';

it('has a line for every step and every evaluation of every arm', () => {
  const record = runRecordSchema.parse(JSON.parse(readFileSync('tests/records/action-karma.json', 'utf8')));
  const lines = metricsLines(record)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const { id, steps, evaluations } of record.arms) {
    const mine = lines.filter(({ arm }) => arm === id);
    const stepLines = mine.filter(({ kind }) => kind === 'step');
    expect(stepLines).toHaveLength(steps.step.length);
    expect(stepLines.at(-1)).toMatchObject({ seed: record.spec.seed, step: steps.step.at(-1), total: steps.total.at(-1) });
    const measured = mine.filter(({ kind }) => kind === 'evaluation');
    expect(measured.map(({ step, population }) => [step, population])).toEqual(
      evaluations.map(({ step, population }) => [step, population]),
    );
    expect(measured.at(-1)).toMatchObject({ values: evaluations.at(-1)!.values, targets: evaluations.at(-1)!.targets });
  }
});

it('has the measures in candidate pools and shown lists, without per-user ranks', () => {
  const record = runRecordSchema.parse(JSON.parse(readFileSync('tests/records/action-karma.json', 'utf8')));
  const [arm] = record.arms;
  const evaluation = arm!.evaluations.at(-1)!;
  const pool = { size: 500, ranks: evaluation.ranks };
  const requests = { all: { requests: 2, impressions: 9 } };
  const measured = { values: { 'pool-hr@10': 0.5, gauc: 0.6 }, requests };
  const text = metricsLines({ ...record, arms: [{ ...arm!, evaluations: [{ ...withMeasures(evaluation, measured), pool }] }] });
  const last = JSON.parse(text.trimEnd().split('\n').at(-1)!) as { pool: object };
  expect(last).toMatchObject({ pool: { size: 500 }, ...measured });
  expect(last.pool).not.toHaveProperty('ranks');
});
