import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { pairedInterval } from '../../statistics/comparison';
import { forestedRows, forestOfSweep, forestSchema } from './forest';
import { sweepSchema, valuesBySeed } from './sweep';

const sweep = sweepSchema.parse(
  JSON.parse(gunzipSync(readFileSync('docs/findings/store-rates/sweep.json.gz')).toString()) as unknown,
);

it('has the paired differences of a sweep’s lines from Action at one rate', () => {
  const forest = forestOfSweep(sweep, 0.016)!;
  expect(forestSchema.parse(JSON.parse(JSON.stringify(forest)))).toEqual(forest);
  const [baseline, ...others] = forestedRows(forest);
  expect(baseline!.variant.arm.id).toBe('action');
  expect(baseline!.entries.every(({ comparison }) => comparison === null)).toBe(true);
  const karma = others.find(({ variant }) => variant.arm.id === 'karma')!;
  const [own, control] = ['karma', 'action'].map((arm) =>
    valuesBySeed(
      sweep.lines.find((line) => line.arm === arm)!,
      0.016,
      'hr@10',
    ),
  );
  const hr = karma.entries.find(({ measure }) => measure.id === 'hr@10')!;
  expect(hr.comparison).toMatchObject({ n: own!.size, difference: pairedInterval(own!, control!)!.mean });
});

it('is null if fewer than two lines were run', () => {
  expect(forestOfSweep(sweep, 123)).toBeNull();
  expect(forestOfSweep({ ...sweep, lines: sweep.lines.slice(0, 1) }, 0.016)).toBeNull();
});

it('leaves out missing measures', () => {
  const rows = ['action', 'karma'].map((arm) => ({
    arm,
    label: arm,
    values: { 'hr@10': { 0: 0.1, 1: 0.2 }, nonsense: { 0: 1 } },
  }));
  const forest = forestSchema.parse({ format: 'karma-forest', version: 1, name: 'x', log: 'y', steps: 1, rows });
  expect(forestedRows(forest)[1]!.entries.map(({ measure }) => measure.id)).toEqual(['hr@10']);
});
