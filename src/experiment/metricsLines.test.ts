import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runRecordSchema } from '../spec/runRecord';
import { metricsLines } from './metricsLines';

it('has a line for every step and every evaluation of every arm', () => {
  const record = runRecordSchema.parse(JSON.parse(readFileSync('public/recorded/action-karma.json', 'utf8')));
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
    expect(measured.at(-1)).toMatchObject({ ranking: evaluations.at(-1)!.ranking });
  }
});
