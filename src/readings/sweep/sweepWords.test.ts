import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Sweep } from '../../experiment/grid/sweep';
import { RATES_FILE } from '../../recipe/recordedFiles';
import { parseSweep } from '../../page/state/opening/shippedSweep';
import { sweepSentences, sweepTable } from './sweepWords';

const RATES = [0.002, 0.004, 0.016];

/** HR@10 by arm and rate, with three slightly different seeds, the same in both arms. */
function sweep(hr: Readonly<Record<string, readonly number[]>>, change: Partial<Sweep> = {}, seeds = [0, 1, 2]): Sweep {
  return {
    ...{ format: 'karma-sweep', version: 1, name: 'Rates', path: 'training.learningRate', label: 'Learning rate' },
    ...{ log: 'store', steps: 200, batchSize: 16, watch: 'validation', users: 3000 },
    base: { 'hr@10': 0.1, firstHalfSinkRate: 0.02, lmDrift: 0 },
    lines: Object.entries(hr).map(([arm, values]) => ({
      arm,
      label: arm === 'karma' ? 'KARMA' : 'Action',
      points: RATES.map((at, i) => ({
        at,
        seeds: seeds.map((seed) => {
          const own = values[i]! + seed * (arm === 'karma' ? 0.001 : 0.0012);
          return { seed, values: { 'hr@10': own, firstHalfSinkRate: 0.5 - values[i]!, lmDrift: 5 - values[i]! }, watched: own };
        }),
      })),
    })),
    ...change,
  };
}

const text = (of: Sweep): string => sweepSentences(of).join(' ');

describe('sweepSentences', () => {
  it('distinguish a wider range from a higher optimum', () => {
    const said = text(sweep({ action: [0.15, 0.16, 0.05], karma: [0.15, 0.16, 0.13] }));
    expect(said).toContain('above zero-shot (10.0\u00a0%) with Action from 0.002 to 0.004 and KARMA at all 3');
    expect(said).toMatch(
      /KARMA − Action in HR@10: \+8\.0 \[.*\] points at 0\.016; not distinguishable from 0 at 0.002 and 0.004/,
    );
    expect(said).toContain('(KARMA 0.004, Action 0.004)');
    expect(said).toContain(
      'Over the values of the learning rate that were tried, KARMA works over a wider range than Action but does not measurably change the tuned optimum.',
    );
  });

  it('give a difference as many digits as its interval supports', () => {
    const wide = sweep({ action: [0.1, 0.1, 0.1], karma: [0.1, 0.1, 0.1] });
    const drift = (arm: string, seed: number): number => (arm === 'karma' ? 1 : 4 + seed);
    const lines = wide.lines.map((line) => ({
      ...line,
      points: line.points.map((point) => ({
        ...point,
        seeds: point.seeds.map((one) => ({ ...one, values: { ...one.values, lmDrift: drift(line.arm, one.seed) } })),
      })),
    }));
    expect(text({ ...wide, lines })).toContain(
      'LM drift is 1.0 with KARMA and 5.0 with Action (−4.0 [−6.5, −1.5] nats per token)',
    );
  });

  it('say the contrary if the values do', () => {
    const said = text(sweep({ action: [0.15, 0.16, 0.13], karma: [0.15, 0.2, 0.05] }));
    expect(said).toContain('KARMA works over a narrower range than Action but raises the tuned optimum.');
    expect(text(sweep({ action: [0.15, 0.2, 0.13], karma: [0.15, 0.16, 0.13] }))).toContain(
      'the same range as Action and lowers the tuned optimum.',
    );
  });

  it('conclude nothing from one seed, nor about a range without zero-shot', () => {
    expect(sweepSentences(sweep({ action: [0.1, 0.1, 0.1], karma: [0.2, 0.2, 0.2] }, {}, [0]))).toHaveLength(1);
    expect(text(sweep({ action: [0.1, 0.1, 0.1], karma: [0.2, 0.2, 0.2] }, { base: {} }))).not.toContain('range');
  });

  it('have a table with every value', () => {
    const table = sweepTable(sweep({ action: [0.15, 0.16, 0.13], karma: [0.15, 0.2, 0.05] }));
    expect(table.rows).toHaveLength(2 * 3 * 3);
    expect(table.rows[0]!.slice(0, 4)).toEqual(['Action', 0.002, 'hr@10', 3]);
  });
});

it('refuse what is not a sweep, with a sentence', () => {
  expect(parseSweep('{')).toEqual({ state: 'unreadable', reason: 'It is not JSON.' });
  expect(parseSweep('{"format":"karma-sweep","version":2}').state).toBe('unreadable');
});

it('the site’s grid can be read, is small enough to open the page with, and has several seeds', () => {
  const bytes = readFileSync(`public/${RATES_FILE}`);
  expect(bytes.length).toBeLessThan(60_000);
  const found = parseSweep(gunzipSync(bytes).toString('utf8'));
  if (found.state !== 'here') throw new Error('it cannot be read');
  expect(sweepSentences(found.sweep)[0]).toMatch(/^Over the values of the learning rate that were tried/);
});
