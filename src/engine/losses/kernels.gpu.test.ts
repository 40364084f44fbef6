/** Kernels that are the same for every loss; the others are tested in `testing/checkRowLoss.ts`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WEIGHT_FORMATS, encodeWeights } from '../gemm/weightFormat';
import { readerPrelude } from '../gemm/weightMatrix';
import { KernelBench, blank, dot, floats, integers, TOLERANCE } from '../../testing/kernelBench';
import { exposedChance, exposedOf, pairsOf } from './exposedPairs';
import { rowLossPrelude } from './rowLoss';
import { SOFTMAX } from './softmax/row';
import { makeScores, runKernels } from '../../testing/tiledScores';

let bench: KernelBench;
beforeAll(async () => {
  bench = await KernelBench.open();
});
afterAll(() => {
  bench.close();
});

describe('target_score', () => {
  it.each(WEIGHT_FORMATS)('starts every row from its target, %s', async (format) => {
    for (const [scaled, depth] of [
      [1, 64],
      [0, format === 'f32' ? 6 : 32],
    ] as const) {
      const [rows, columns] = [19, 11];
      const [h, e] = [floats(rows * depth, 1), floats(columns * depth, 2)];
      const target = integers(rows, 3, columns);
      const { values, scales } = encodeWeights(format, e);
      const { state } = await bench.run('target_score', {
        prelude: { ...readerPrelude({ columns: depth, format }, 'e', 6), ...rowLossPrelude(SOFTMAX) },
        storage: {
          h,
          e: values,
          ...(scales === null ? {} : { e_scales: scales }),
          target_column: target,
          log_scale: Float32Array.of(1.5),
          state: blank(4 * rows),
        },
        outputs: ['state'],
        params: { rows, scaled, first: 0, count: columns },
        threads: rows,
      });
      const scale = scaled === 1 ? Math.exp(1.5) : 1;
      const expected = Array.from(target, (column, row) => {
        const z = scale * dot(h.subarray(row * depth, (row + 1) * depth), e.subarray(column * depth, (column + 1) * depth));
        return [z, 1, z, scale];
      }).flat();
      // The format's rounding, over `depth` terms.
      const tolerance = { f32: TOLERANCE, f16: 1e-3, q8_0: 0.02, q4_1: 0.3, q4_0: 0.3 }[format];
      bench.near('target_score', state, expected, { tolerance, scale: 10 });
    }
  });

  it('leaves rows whose target is in another shard', async () => {
    const [first, count, depth] = [4, 5, 64];
    const target = Uint32Array.of(0, 3, 4, 8, 9, 30);
    const rows = target.length;
    const [h, e] = [floats(rows * depth, 1), floats(count * depth, 2)];
    const before = floats(4 * rows, 3);
    const { state } = await bench.run('target_score', {
      prelude: { ...readerPrelude({ columns: depth, format: 'f32' }, 'e', 6), ...rowLossPrelude(SOFTMAX) },
      storage: { h, e, target_column: target, log_scale: blank(1), state: before },
      outputs: ['state'],
      params: { rows, scaled: 0, first, count },
      threads: rows,
    });
    const expected = Array.from(target, (column, row) => {
      if (column < first || column >= first + count) return [...before.subarray(4 * row, 4 * row + 4)];
      const at = column - first;
      const z = dot(h.subarray(row * depth, (row + 1) * depth), e.subarray(at * depth, (at + 1) * depth));
      return [z, 1, z, 1];
    });
    bench.near('target_score', state, expected.flat(), { scale: 10 });
  });
});

describe('reduce_loss', () => {
  it.each([0, 1, 63, 64, 65, 500])('adds the states of %d rows to what is there', async (rows) => {
    const state = floats(4 * rows, 1, 3).map((value, i) => (i % 4 === 1 ? Math.abs(value) + 0.1 : value));
    const weights = floats(rows, 2).map(Math.abs);
    const parts = Array.from(weights, (weight, row) => {
      const [top, sum, hit] = state.subarray(4 * row);
      return weight * (top! + Math.log(sum!) - hit!);
    });
    const { out } = await bench.run('reduce_loss', {
      prelude: rowLossPrelude(SOFTMAX),
      storage: { state, row_weight: weights, out: blank(4).fill(0.5, 1, 2) },
      outputs: ['out'],
      params: { rows, slot: 1 },
      threads: [1, 1, 1],
    });
    const expected = parts.reduce((sum, part) => sum + part, 0.5);
    const scale = Math.max(
      1,
      parts.reduce((sum, part) => sum + Math.abs(part), 0),
    );
    bench.near('reduce_loss', out.subarray(1, 2), [expected], { scale });
    expect(out.filter((_, i) => i !== 1)).toEqual(blank(3));
  });
});

describe('pairs with what was shown', () => {
  const example = { history: [4, 5, 6], target: 7, query: [], text: [], exposed: [8, 8, 7, 4] };
  const short = { ...example, history: [2], exposed: [] };

  it('are of every prediction, each item once, without the target', () => {
    const historyExposed = [[1], [5, 9], [6, 2, 2]];
    const all = { predictionTargets: Uint32Array.of(5, 6, 7, 7), embPredictions: Uint32Array.of(2, 3) };
    expect(exposedOf({ examples: [{ ...example, historyExposed }, short], packed: all })).toEqual([[9], [2], [8, 4], []]);
    expect(exposedOf({ examples: [example, short], packed: all })).toEqual([[], [], [8, 4], []]);
    // Of the next basket, item 1; the row before it is inside its own and predicts nothing.
    const drawn = { ...example, historyExposed, predicted: [null, 1, 7] };
    const baskets = { predictionTargets: Uint32Array.of(1, 7, 7), embPredictions: Uint32Array.of(1, 2) };
    expect(exposedOf({ examples: [drawn, short], packed: baskets })).toEqual([[6, 2], [8, 4], []]);
    const last = { predictionTargets: Uint32Array.of(7, 7), embPredictions: Uint32Array.of(0, 1) };
    expect(exposedOf({ examples: [{ ...example, historyExposed }, short], packed: last })).toEqual([[8, 4], []]);
  });

  it('lose as much as popularity alone tells them apart, before anything is known', () => {
    const targets = Uint32Array.of(0, 1);
    const exposed = pairsOf([[1, 2], []], { targetColumns: targets, targets }, (item) => item, { bias: [0, 1, -2], weight: 0.5 });
    expect(exposedChance([{ exposed }, { exposed: null }])).toBeCloseTo(0.5 * (Math.log1p(Math.E) + Math.log1p(Math.exp(-2))), 6);
  });
});

describe('hide_seen', () => {
  it.each([
    [0, 23],
    [8, 9],
  ])('hides what a row has seen from its tile but for the target, columns from %d', async (first, columns) => {
    const [rows, firstRow, items] = [5, 2, 23];
    const stride = 8 * Math.ceil(columns / 8);
    const seen = integers(40, 1, items);
    // Of the last row, the skip reads none and it has seen none.
    const spans = Array.from({ length: firstRow + rows }, (_, row) => ({
      end: 5 * row + 4,
      count: row % 3,
      all: row === 6 ? 0 : 4,
    }));
    const span = Uint32Array.from(spans.flatMap(({ end, count, all }, row) => [end - count, count, row, all]));
    const target = Uint32Array.from(spans, ({ end }) => seen[end - 1]!);
    const logits = floats(rows * stride, 2);
    const got = await bench.run('hide_seen', {
      storage: { span, seen, target_column: target, logits },
      outputs: ['logits'],
      params: { first_row: firstRow, rows, first_column: first, columns, stride },
      threads: rows,
    });
    const expected = logits.map((value, at) => {
      const row = firstRow + Math.floor(at / stride);
      const { end, all } = spans[row]!;
      const item = at % stride < columns ? first + (at % stride) : -1;
      return item !== target[row] && seen.subarray(end - all, end).includes(item) ? -1e30 : value;
    });
    expect(expected.some((value) => value === Math.fround(-1e30))).toBe(true);
    expect(got.logits).toEqual(expected);
  });
});

describe('loss_gradient and log_scale', () => {
  it('have the loss’s derivative with respect to log_scale in h·dh over all rows', async () => {
    // Through the kernels' own gradients: dh = G·E, with G from loss_gradient over scores exp(log_scale)·h·e.
    const [rows, columns, depth] = [12, 37, 6] as const;
    const h = floats(rows * depth, 1);
    const e = floats(columns * depth, 2);
    const product = (i: number, j: number): number =>
      dot(h.subarray(i * depth, (i + 1) * depth), e.subarray(j * depth, (j + 1) * depth));
    const made = makeScores({ first: 0, rows, columns, tile: 40, shared: 1, seed: 3 });
    const logits = made.logits.map((_, i) => product(Math.floor(i / columns), i % columns));
    const given = { ...made, logits, scale: Math.exp(1.2) };
    const { gradient: g } = await runKernels(bench, { loss: SOFTMAX, begin: (z) => [z, 1] }, given);
    const dh = Float32Array.from(h, (_, i) => {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += g[Math.floor(i / depth) * columns + j]! * e[j * depth + (i % depth)]!;
      return sum;
    });
    const at = (logScale: number): number => {
      const scale = Math.exp(logScale);
      return logits.reduce((sum, _, i) => {
        if (i % columns !== given.target[Math.floor(i / columns)]) return sum;
        const row = Array.from(logits.subarray(i - (i % columns), i - (i % columns) + columns), (value) => scale * value);
        const all = Math.log(row.reduce((total, score) => total + Math.exp(score), 0));
        return sum + given.weight * given.rowWeight[Math.floor(i / columns)]! * (all - row[i % columns]!);
      }, 0);
    };
    const slope = (at(1.2 + 1e-4) - at(1.2 - 1e-4)) / 2e-4;
    bench.near('loss_gradient', Float32Array.of(dot(h, dh)), [slope], { tolerance: 1e-4 });
  });
});

describe('exposed_rows and exposed_columns', () => {
  it.each([
    [1, 64],
    [0, 4],
  ])('compare targets with what was shown, scaled %d, depth %d', async (scaled, depth) => {
    const [rows, columns, weight] = [7, 13, 0.3];
    const [h, e] = [floats(rows * depth, 1), floats(columns * depth, 2)];
    const [dh, de] = [floats(rows * depth, 3), floats(columns * depth, 4)];
    // Rows without a pair, an item shown to several, and targets that were shown to others.
    const shown = [[1, 2, 3], [], [3], [0, 12, 5, 4, 3, 2, 1], [], [6], [0, 3]];
    const targetColumns = Uint32Array.of(0, 1, 2, 3, 4, 0, 5);
    const bias = floats(columns, 5);
    const exposed = pairsOf(shown, { targetColumns, targets: targetColumns }, (item) => item, { bias, weight });
    const quads = depth / 4;
    const of = (rowsOf: Float32Array, row: number): Float32Array => rowsOf.subarray(row * depth, (row + 1) * depth);
    const scale = scaled === 1 ? Math.exp(0.7) : 1;
    const [losses, slopes] = [new Float64Array(rows), new Float64Array(exposed.count + rows)];
    const [expectedH, expectedE] = [Float64Array.from(dh), Float64Array.from(de)];
    let pair = 0;
    shown.forEach((items, row) => {
      const hit = targetColumns[row]!;
      for (const item of items) {
        const x = scale * (dot(of(h, row), of(e, item)) - dot(of(h, row), of(e, hit))) + bias[item]! - bias[hit]!;
        const slope = (weight * scale) / (1 + Math.exp(-x));
        losses[row]! += weight * Math.log1p(Math.exp(x));
        slopes[pair++] = slope;
        slopes[exposed.count + row]! -= slope;
        for (let c = 0; c < depth; c++) {
          expectedH[row * depth + c]! += slope * (e[item * depth + c]! - e[hit * depth + c]!);
          expectedE[item * depth + c]! += slope * h[row * depth + c]!;
          expectedE[hit * depth + c]! -= slope * h[row * depth + c]!;
        }
      }
    });
    const { spans: span, pairs, touched, entries: entry, count } = exposed;
    const byRow = await bench.run('exposed_rows', {
      storage: {
        ...{ h, e, span, pair: pairs, log_scale: Float32Array.of(0.7) },
        ...{ slope: blank(count + rows), loss: blank(rows), dh },
      },
      outputs: ['slope', 'loss', 'dh'],
      params: { rows, pairs: count, quads, scaled, weight },
      threads: rows,
    });
    bench.near('exposed_rows', byRow.loss, losses, { scale: 10 });
    bench.near('exposed_rows', byRow.slope, slopes, { scale: 10 });
    bench.near('exposed_rows', byRow.dh, expectedH, { scale: 10 });
    const byColumn = await bench.run('exposed_columns', {
      storage: { touched, entry, slope: byRow.slope, h, de },
      outputs: ['de'],
      params: { columns: touched.length / 4, quads },
      threads: (touched.length / 4) * quads,
    });
    bench.near('exposed_columns', byColumn.de, expectedE, { scale: 10 });
  });
});
