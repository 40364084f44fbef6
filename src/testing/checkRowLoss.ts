/** What holds for every row loss: one call in the test of its room. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedGpu } from './sharedGpu';
import type { Gpu } from '../gpu/device';
import { KernelBench, blank, dot, expectDerivatives, floats, integers, largest, RUNS } from './kernelBench';
import { readerPrelude } from '../engine/gemm/weightMatrix';
import { rowLossPrelude, stateFloats } from '../engine/losses/rowLoss';
import {
  gradientOf,
  lossOf,
  makeScores,
  reduceLoss,
  runKernels,
  tiledScores,
  scoresShapes,
  type RowReference,
} from './tiledScores';
import { expectAnswer, makeProblem, problemShapes, runScoredLoss, wholeLoss } from './wholeLoss';

const LARGE_PROBLEM = { rows: 60, columns: 300, depth: 32, logScale: null, share: 1, offsets: false, seed: 1 } as const;

/**
 * Declares the tests of a loss against its float64 reference, kernel by kernel over tiles, and as a whole.
 */
export function checkRowLoss(reference: RowReference): void {
  const { name, loss, begin } = reference;
  let bench: KernelBench;
  let gpu: Gpu;
  beforeAll(async () => {
    bench = await KernelBench.open();
    gpu = await sharedGpu();
  });
  afterAll(() => {
    bench.close();
  });
  const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
  const width = stateFloats(loss);

  describe(`${name} over tiles`, () => {
    it('starts every row from its target', async () => {
      const [rows, columns, depth] = [19, 11, 64] as const;
      const [h, e] = [floats(rows * depth, 1), floats(columns * depth, 2)];
      const target = integers(rows, 3, columns);
      const { state } = await bench.run('target_score', {
        prelude: { ...readerPrelude({ columns: depth, format: 'f32' }, 'e', 6), ...rowLossPrelude(loss) },
        storage: { h, e, target_column: target, log_scale: Float32Array.of(1.5), state: blank(width * rows).fill(0) },
        outputs: ['state'],
        params: { rows, scaled: 1, first: 0, count: columns },
        threads: rows,
      });
      const scale = Math.exp(1.5);
      Array.from(target, (column, row) => {
        const z = scale * dot(h.subarray(row * depth, (row + 1) * depth), e.subarray(column * depth, (column + 1) * depth));
        const got = state.subarray(width * row, width * row + loss.kept + 2);
        bench.near('target_score', got, [...begin(z), z, scale], { scale: 10 });
      });
    });

    it('has the state, the gradient and the loss of a float64 loop, whatever the tiles and owners', async () => {
      await fc.assert(
        fc.asyncProperty(scoresShapes, async (shape) => {
          const given = makeScores(shape);
          const { first, rows, target, scale } = given;
          const got = await runKernels(bench, reference, given);
          for (let local = 0; local < rows; local++) {
            const scores = tiledScores(given, given.logits, local);
            const hit = target[first + local]!;
            const row = got.state.subarray(width * (first + local));
            const [z, kept] = row.subarray(loss.kept);
            expect(kept).toBe(scale);
            bench.near('loss_state', Float32Array.of(z!), [scores[hit]!], { scale: Math.max(1, Math.abs(scores[hit]!)) });
            const expected = reference.kept(scores, hit);
            // log(1 + e) of a small e has only absolute accuracy.
            bench.near('loss_partial', row.subarray(0, loss.kept), expected, { scale: Math.max(1, largest(expected)) });
          }
          const gradient = gradientOf(reference, given);
          const size = largest(gradient) || 1;
          // p − 1 of a p near 1 has the accuracy of p, which is that of the exponent: where all slopes are
          // small, they have no more.
          const bound = given.weight * scale * largest(given.rowWeight) * (1 + scale * largest(given.logits));
          bench.near('loss_gradient', got.gradient, gradient, reference.cancels ? { scale: size + 0.02 * bound } : {});
          expectDerivatives(got.gradient, (x) => lossOf(reference, given, x), given.logits, { seed: shape.seed, scale: size });
          const expected = lossOf(reference, given, given.logits) / given.weight;
          // Σ |w|·(|maximum| + |target score|) may cancel.
          bench.near('reduce_loss', Float32Array.of(await reduceLoss(bench, loss, given, got.state)), [expected], {
            scale: reference.cancels ? 12 * sum(given.rowWeight) : Math.max(1, expected),
          });
        }),
        { ...RUNS, numRuns: 16 },
      );
    });

    it.each([1e4, 0])('stays finite at logits of ±%d', async (size) => {
      let largestLoss = 0;
      await fc.assert(
        fc.asyncProperty(scoresShapes, async (shape) => {
          const made = makeScores(shape);
          const signs = integers(made.logits.length, shape.seed + 6, 3);
          // Offsets would be lost in rounding.
          const given = { ...made, offset: null, scale: 1, logits: made.logits.map((_, i) => size * (signs[i]! - 1)) };
          const got = await runKernels(bench, reference, given);
          bench.near('loss_gradient', got.gradient, gradientOf(reference, given));
          const expected = lossOf(reference, given, given.logits) / given.weight;
          // The magnitude that cancels if the target is among the best.
          bench.near('reduce_loss', Float32Array.of(await reduceLoss(bench, loss, given, got.state)), [expected], {
            scale: Math.max(expected, (1 + size) * sum(given.rowWeight)),
          });
          largestLoss = Math.max(largestLoss, expected);
        }),
        { ...RUNS, numRuns: 8 },
      );
      if (size > 0) expect(largestLoss).toBeGreaterThan(1e4);
    });

    if (reference.countsTarget !== true)
      it('is 0 if the target is the only visible candidate', async () => {
        for (const size of [1, 1e4]) {
          const made = makeScores({ first: 3, rows: 20, columns: 50, tile: 32, shared: 0.6, seed: 5 });
          const { first, rows, total, columns } = made;
          // Every row sees only its own column; the other columns belong to rows outside the run.
          const owner = Uint32Array.from({ length: columns }, (_, c) => c);
          const target = Uint32Array.from({ length: total }, (_, row) => row);
          const given = { ...made, shared: 0, owner, target, logits: made.logits.map((value) => size * value) };
          const got = await runKernels(bench, reference, given);
          expect([...got.gradient].every((value) => value === 0)).toBe(true);
          for (let row = first; row < first + rows; row++) {
            const state = got.state.subarray(width * row);
            expect([...state.subarray(0, loss.kept)]).toEqual(begin(state[loss.kept]!));
          }
          expect(await reduceLoss(bench, loss, given, got.state)).toBe(0);
        }
      });
  });

  describe(`${name} as a whole`, () => {
    it('agrees with a float64 loop in whole rows and in parts of the columns', async () => {
      await fc.assert(
        fc.asyncProperty(problemShapes, async (shape) => {
          const problem = makeProblem(shape);
          const expected = wholeLoss(reference, problem);
          // |scores| up to √32·…, which cancel in the cross-entropy.
          const scale = Math.max(1, expected.loss, 6 * sum(problem.rowWeight));
          expectAnswer(await runScoredLoss(gpu, loss, problem), expected, scale);
          expectAnswer(await runScoredLoss(gpu, loss, problem, 4096), expected, scale);
        }),
        { ...RUNS, numRuns: 6 },
      );
    });

    it('continues past the rows of a tile', async () => {
      const problem = makeProblem({ rows: 1040, columns: 130, depth: 8, logScale: 0.7, share: 1, seed: 3 });
      const expected = wholeLoss(reference, problem);
      expectAnswer(await runScoredLoss(gpu, loss, problem, 8192), expected, expected.loss);
    });

    it('stays finite at scores of ±10⁴ and at zero', async () => {
      let largestLoss = 0;
      await fc.assert(
        fc.asyncProperty(problemShapes, fc.constantFrom(100, 0), async (shape, size) => {
          const made = makeProblem({ ...shape, offsets: false, logScale: null });
          // Whole numbers, so that scores are exact.
          const whole = (values: Float32Array): Float32Array => values.map((value) => size * Math.round(value));
          const problem = { ...made, h: whole(made.h), e: whole(made.e) };
          const expected = wholeLoss(reference, problem);
          largestLoss = Math.max(largestLoss, expected.loss);
          // |scores| up to depth·10⁴ cancel.
          const cancels = shape.depth * size * size * sum(problem.rowWeight);
          expectAnswer(await runScoredLoss(gpu, loss, problem, 4096), expected, Math.max(1, expected.loss, cancels));
        }),
        // Small shapes alone may have no large loss.
        { ...RUNS, numRuns: 7, examples: [[LARGE_PROBLEM, 100]] },
      );
      expect(largestLoss).toBeGreaterThan(1e4);
    });
  });
}
