import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { TimedTile } from '../src/engine/gemm/ratings';
import { chosenCases, runBenchmark } from './benchmark';
import type { BenchCase } from './cases';
import type { Reply, Request } from './contestant';
import { flopsOf } from './flops';
import { contestants, LIBRARIES } from './library';
import { shapeOf, SUITE } from './suite';
import { queryOf, readChoices, readQuery } from './choices';
import { disturbance, loadProblem } from './idle';
import { readOptions } from './options';
import { benchReportSchema, heading, ratioOf, ratioText, resultFile, tableRows, wasDisturbed, type BenchReport } from './report';

const QUIET = { lost: 0.01, productMs: 10 };

function report(changes: Partial<BenchReport> = {}): BenchReport {
  const common = { failure: null, firstMs: 90, cpuMs: null, peakBytes: 2e6, outcome: { loss: 1, gradNorm: 2 } };
  return {
    format: 'karma-bench-1',
    date: '2026-01-31',
    card: 'RTX 4090',
    adapter: {
      vendor: 'nvidia',
      architecture: 'lovelace',
      device: '',
      description: '',
      fallback: false,
      f16: true,
      subgroups: true,
      timestamps: true,
      runtime: 'browser',
    },
    runtime: 'Chromium 156.0.1',
    cores: 8,
    versions: { '@jax-js/jax': '0.1.25' },
    peak: 80,
    rounds: 4,
    cases: [
      {
        id: 'a-matmul-512',
        flops: 4e9,
        calibrations: [QUIET, QUIET],
        disturbance: null,
        entries: [
          { ...common, library: 'ours', medianMs: 0.1, ms: [0.1, 0.1, 0.2, 0.1] },
          { ...common, library: 'jax', medianMs: 0.3, ms: [0.2, 0.2, 0.4, 0.8] },
          { ...common, library: 'tensorflow', medianMs: null, ms: [], failure: 'no backend', outcome: null },
        ],
      },
    ],
    ...changes,
  };
}

test('a ratio pairs the rounds that both libraries took part in', () => {
  // Ratios 2, 2, 2 and 8: the mean of their logarithms to base 2 is 1.5, its standard error 0.5, and t(0.975,
  // 3) = 3.1824.
  const [ours, jax] = report().cases[0]!.entries;
  const ratio = ratioOf(jax!, ours!)!;
  expect(ratio.mean).toBeCloseTo(2 ** 1.5, 10);
  expect(ratio.low).toBeCloseTo(2 ** (1.5 - 0.5 * 3.18244630528371), 8);
  expect(ratio.high).toBeCloseTo(2 ** (1.5 + 0.5 * 3.18244630528371), 8);
  expect(ratioText(ratio)).toBe('2.83 (0.939–8.52)');
  expect(ratioText(ratioOf({ ms: [0.3] }, ours!)!)).toBe('3.00');
  expect(ratioOf({ ms: [] }, ours!)).toBeNull();
});

test('the table has a share of the peak, and the ratio beside peers only', () => {
  const [ours, jax, tensorflow] = tableRows(report());
  // 4 GFLOP in 0.1 ms are 40 TFLOP/s, half of the card's 80.
  expect(ours).toMatchObject({ library: 'ours', '× ours': '', 'GFLOP/s': '40000.00', '% of peak': '50.0' });
  expect(jax).toMatchObject({ library: 'jax-js', '× ours': '2.83 (0.939–8.52)' });
  expect(tensorflow).toMatchObject({ ms: '', failed: 'no backend' });
  // A library that failed after some rounds has no ratio either.
  const cases = report().cases.map((one) => ({
    ...one,
    entries: one.entries.map((entry) => (entry.library === 'jax' ? { ...entry, failure: 'lost', medianMs: null } : entry)),
  }));
  expect(tableRows(report({ cases }))[1]).toMatchObject({ ms: '', '× ours': '', failed: 'lost' });
});

test('a case during which others worked is marked', () => {
  const busy = { lost: 0.4, productMs: 10 };
  const slower = { lost: 0, productMs: 13 };
  expect(loadProblem(QUIET)).toBeNull();
  expect(loadProblem(busy)).toBe('other programs take 40 % of the processors');
  expect(disturbance(QUIET, QUIET)).toBeNull();
  expect(disturbance(QUIET, busy)).toBe('other programs take 40 % of the processors');
  expect(disturbance(slower, QUIET)).toBe('the calibration product took 13.0 ms before and 10.0 ms after');
  expect(disturbance(QUIET, slower)).toBe('the calibration product took 10.0 ms before and 13.0 ms after');
  expect(wasDisturbed(report())).toBe(false);
  const disturbed = report({ cases: report().cases.map((one) => ({ ...one, disturbance: 'others' })) });
  expect(wasDisturbed(disturbed)).toBe(true);
  expect(tableRows(disturbed)[0]!.case).toBe('a-matmul-512 (not idle)');
  expect(heading(disturbed)).toContain('a-matmul-512: others');
});

test('results are named by date, card and browser, and checked', () => {
  expect(resultFile(report())).toBe('2026-01-31-rtx-4090-chromium.json');
  expect(resultFile(report({ card: null, runtime: 'Mozilla/5.0 Firefox/150' }))).toBe('2026-01-31-nvidia-lovelace-firefox.json');
  const edge = 'Mozilla/5.0 AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0';
  expect(resultFile(report({ runtime: edge }))).toBe('2026-01-31-rtx-4090-edg.json');
  const written: unknown = JSON.parse(JSON.stringify(report()));
  expect(benchReportSchema.parse(written)).toEqual(report());
  expect(benchReportSchema.safeParse({ ...report(), date: '31.1.2026' }).success).toBe(false);
  expect(benchReportSchema.safeParse({ ...report(), cases: [{ ...report().cases[0]!, flops: 'many' }] }).success).toBe(false);
});

test('the results in bench/results are reports', () => {
  const folder = path.join(import.meta.dirname, 'results');
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  for (const file of files) benchReportSchema.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
  expect(files).not.toEqual([]);
});

const SMALL = { rows: 4, columns: 4, groupRows: 8, groupColumns: 8 };
const WIDE = { kind: 'NT', rows: 1024, columns: 1536, depth: 256 } as const;
const THIN = { ...WIDE, columns: 16 };
/** Ratings of two products, fastest first. */
const TILES: readonly TimedTile[] = [
  ...[9, 8, 7, 6].map((speed) => ({ tile: { ...SMALL, unroll: speed }, speed, at: WIDE })),
  ...[5, 4].map((speed) => ({ tile: { ...SMALL, unroll: speed }, speed, at: THIN })),
];

test('a report has the tiles that our engine timed before the first case', async () => {
  const measured = async (tiles: readonly TimedTile[] | undefined): Promise<BenchReport> => {
    const replies: Record<Request['type'], Reply> = {
      prepare: { type: 'prepared', ...(tiles && { tiles }) },
      run: { type: 'ran', ms: 20, cpuMs: null, peakBytes: null },
      outcome: { type: 'outcome', outcome: { loss: 1, gradNorm: 1 } },
    };
    const options = { ...readQuery(new URLSearchParams('suite=tiny&only=matmul&libraries=ours&repeats=1')) };
    return runBenchmark(options, {
      adapter: report().adapter,
      runtime: 'Chromium 156.0.1',
      cores: 1,
      source: () => {
        throw new Error('a product reads no model');
      },
      open: () => ({ ask: ({ type }) => Promise.resolve(replies[type]), close: () => undefined }),
      torch: null,
      openSpinners: () => ({ spin: () => Promise.resolve([0]), close: () => undefined }),
      onProgress: () => undefined,
      onCase: () => undefined,
    });
  };
  const written: unknown = JSON.parse(JSON.stringify(await measured(TILES)));
  expect(benchReportSchema.parse(written).tiles).toEqual(TILES);
  expect(await measured(undefined)).not.toHaveProperty('tiles');
});

test('long cases are left to GPUs and to those who name them', () => {
  const ids = (only: readonly string[], software: boolean, f16 = false): string[] =>
    chosenCases({ suite: 'full', only }, { fallback: software, f16 }).map(({ id }) => id);
  expect(ids([], true)).toContain('d-step-karma');
  expect(ids([], true)).not.toContain('a-matmul-4096');
  expect(ids([], false)).toEqual(expect.arrayContaining(['a-matmul-4096', 'g-smollm2-135m-karma', 'i-experiment-quick']));
  expect(ids(['a'], true)).toEqual(['a-matmul-512', 'a-matmul-1024x256x1024']);
  expect(ids(['a-matmul-4'], true)).toEqual(['a-matmul-4096']);
  expect(ids(['a'], false)).toHaveLength(3);
  expect(ids(['d-step-karma'], false)).toEqual(['d-step-karma']);
  expect(ids(['d-step-karma'], false, true)).toEqual(['d-step-karma', 'd-step-karma-f16']);
  expect(() => ids(['z'], true)).toThrow('no case is named so; there are a-matmul-512');
});

test('libraries take part in what they can do', () => {
  expect(contestants({ kind: 'step' }, LIBRARIES)).toEqual(['ours', 'jax', 'tensorflow', 'torch']);
  expect(contestants({ kind: 'generate' }, LIBRARIES)).toEqual(['ours', 'onnx']);
  expect(contestants({ kind: 'step' }, ['ours', 'onnx'])).toEqual(['ours']);
  expect(contestants({ kind: 'step', f16: true }, LIBRARIES)).toEqual(['ours']);
});

test('operations are counted by hand', () => {
  const named = (id: string): BenchCase => SUITE.find((one) => one.id === id)!;
  expect(flopsOf(named('a-matmul-4096'))).toBe(2 * 4096 ** 3);
  // 2 sequences × 4 heads × 1,024·1,025/2 pairs, six products of 32 numbers.
  expect(flopsOf(named('e-attention-1024'))).toBe(2 * 4 * 524_800 * 6 * 2 * 32);
  expect(flopsOf(named('i-experiment-quick'))).toBeNull();
  // One layer of width 4 with two heads of 2, one of them for keys, and an inner width of 8: 16 + 8 + 8 + 16
  // + 3·32 weights.
  const model = shapeOf({ hidden: 4, layers: 1, heads: 2, kvHeads: 1, intermediate: 8, vocabulary: 10 });
  const read = (rows: number, seen: number): number => rows * 2 * 144 + 2 * 2 * seen * 4;
  expect(flopsOf({ kind: 'embed', id: 'x', model, texts: 3, tokens: 5 })).toBe(read(15, 3 * 15));
  // The last token is written, but not read.
  expect(flopsOf({ kind: 'generate', id: 'x', model, prompt: 3, tokens: 2 })).toBe(read(4, 10) + 2 * 2 * 10 * 4);
});

test('the command line and the page read the same choices', () => {
  const options = readOptions(['--only', 'b,c', '--libraries', 'jax,ours', '--anyway', '--card', 'RTX 4090', '--peak', '82.6']);
  expect(options).toMatchObject({ only: ['b', 'c'], libraries: ['ours', 'jax'], repeats: 10, anyway: true, peak: 82.6 });
  const { out, where, gpu, help, ...choices } = options;
  expect({ out, where, gpu, help }).toEqual({ out: null, where: 'chromium', gpu: false, help: false });
  expect(readQuery(queryOf(choices))).toEqual({ suite: 'full', ...choices });
  expect(readQuery(new URLSearchParams())).toEqual({ suite: 'full', ...readChoices({}) });
  expect(() => readChoices({ repeats: '0' })).toThrow('0 is no number of rounds');
  expect(() => readChoices({ peak: 'fast' })).toThrow('fast is no number of TFLOP/s');
  expect(() => readChoices({ libraries: 'ours,mlx' })).toThrow('no library is called mlx');
  expect(() => readChoices({ libraries: 'jax' })).toThrow('cannot be left out');
  expect(() => readOptions(['--node', '--gpu'])).toThrow('--node goes with neither');
});
