import { readFileSync } from 'node:fs';
import { parse } from 'papaparse';
import { expect, it } from 'vitest';
import { toCsv } from '../charts/export/table';
import { runRecordSchema } from '../record/runRecord';
import { metricsTable } from './metricsTable';

it('has a row for every loss of a step and every measure of an evaluation, as CSV that reads back to the same numbers', () => {
  const record = runRecordSchema.parse(JSON.parse(readFileSync('tests/records/action-karma.json', 'utf8')));
  const rows = parse<Record<string, string>>(toCsv(metricsTable(record)), { header: true, skipEmptyLines: true }).data;
  for (const { id, steps, evaluations } of record.arms) {
    const mine = rows.filter(({ arm, run, seed }) => arm === id && run === record.spec.name && seed === String(record.spec.seed));
    const losses = mine.filter(({ on, measure }) => on === 'training' && measure === 'total');
    expect(losses.map(({ step }) => Number(step))).toEqual(steps.step);
    expect(losses.map(({ value }) => Number(value))).toEqual(steps.total);
    for (const { step, population, values, intervals, sinks, fidelity } of evaluations) {
      const here = mine.filter((row) => row.on === population && row.step === String(step));
      const value = (measure: string): number => Number(here.find((row) => row.measure === measure)?.value);
      for (const [measure, known] of Object.entries({ ...values, ...fidelity?.values })) expect(value(measure)).toBe(known);
      for (const measure of Object.keys(sinks.means)) expect(value(measure)).not.toBeNaN();
      for (const [measure, [low, high]] of Object.entries(intervals))
        expect(here.find((row) => row.measure === measure)).toMatchObject({ low: String(low), high: String(high) });
    }
  }
  // L_rec of Action, say, is no number.
  expect(rows.every(({ value }) => value !== '' && Number.isFinite(Number(value)))).toBe(true);
});
