/**
 * Support for the tests of losses: rows of scores divided into tiles, the float64 loss of each row, and the
 * kernels over the same tiles.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { roundUp4 } from '../engine/context';
import { blank, dot, floats, integers, uniforms, type KernelBench } from './kernelBench';
import { rowLossPrelude, stateFloats, type RowLoss } from '../engine/losses/rowLoss';

/**
 * A row's loss in float64. Scores of columns that the row does not see are −∞; `hit` is the target's column.
 */
export interface RowReference {
  readonly name: string;
  readonly loss: RowLoss;
  /** What a row keeps of its target alone, and of all columns that it sees: `loss.kept` numbers. */
  readonly begin: (z: number) => readonly number[];
  readonly kept: (scores: Float64Array, hit: number) => readonly number[];
  readonly value: (scores: Float64Array, hit: number) => number;
  /** Derivatives of `value` with respect to the scores. */
  readonly slopes: (scores: Float64Array, hit: number) => Float64Array;
  /** Whether the value is a small difference of numbers as large as the scores. */
  readonly cancels: boolean;
  /**
   * Whether the target counts like any other column, so that it loses something even if it is the only one;
   * default: false.
   */
  readonly countsTarget?: boolean;
}

/** A run of rows first … first + rows − 1 out of `total`, and the columns that they are scored against. */
export interface Scores {
  readonly first: number;
  readonly rows: number;
  readonly total: number;
  readonly columns: number;
  /** Columns per tile, except for the last; a multiple of 4. */
  readonly tile: number;
  /** [rows, columns], before scaling. */
  readonly logits: Float32Array;
  readonly target: Uint32Array;
  /** Columns that all rows see; the others belong to one row each. */
  readonly shared: number;
  readonly owner: Uint32Array;
  readonly scale: number;
  /** Added to the scores of each column; null: nothing is. */
  readonly offset: Float32Array | null;
  readonly rowWeight: Float32Array;
  readonly weight: number;
}

export interface ScoresShape extends Pick<Scores, 'first' | 'rows' | 'columns' | 'tile'> {
  /** Share of the columns that all rows see. */
  readonly shared: number;
  /** Whether columns have offsets. */
  readonly offset?: boolean;
  readonly seed: number;
}

export const scoresShapes: fc.Arbitrary<ScoresShape> = fc.record({
  first: fc.constantFrom(0, 3, 8),
  rows: fc.oneof(fc.constantFrom(1, 16, 17), fc.integer({ min: 1, max: 40 })),
  columns: fc.oneof(fc.constantFrom(1, 64, 65), fc.integer({ min: 1, max: 300 })),
  tile: fc.constantFrom(4, 60, 128, 300),
  shared: fc.constantFrom(0.2, 0.7, 1),
  offset: fc.boolean(),
  seed: fc.nat(),
});

export function makeScores({ first, rows, columns, tile, shared: share, offset: hasOffset = false, seed }: ScoresShape): Scores {
  const next = uniforms(seed);
  const total = first + rows + 2;
  const shared = Math.max(1, Math.floor(share * columns));
  const owner = integers(columns - shared, seed + 3, total);
  const target = Uint32Array.from({ length: total }, (_, row) => {
    const c = Math.floor(next() * columns);
    return c < shared || owner[c - shared] === row ? c : 0;
  });
  const rowWeight = floats(total, seed + 2).map(Math.abs);
  const logits = floats(rows * columns, seed + 1, 2);
  const offset = hasOffset ? floats(columns, seed + 5, 2) : null;
  return { first, rows, total, columns, tile, logits, target, shared, owner, scale: 3, offset, rowWeight, weight: 0.7 };
}

/** Scores of a row of the run by column; −∞ where hidden. */
export function tiledScores(given: Scores, logits: ArrayLike<number>, local: number): Float64Array {
  const { first, columns, shared, owner, scale, offset } = given;
  return Float64Array.from({ length: columns }, (_, c) => {
    const visible = c < shared || owner[c - shared] === first + local;
    return visible ? scale * logits[local * columns + c]! + (offset?.[c] ?? 0) : -Infinity;
  });
}

/** The function that the gradient kernel differentiates. */
export function lossOf({ value }: RowReference, given: Scores, logits: ArrayLike<number>): number {
  const { first, rows, target, rowWeight, weight } = given;
  const losses = Float64Array.from({ length: rows }, (_, row) => value(tiledScores(given, logits, row), target[first + row]!));
  return weight * dot(losses, rowWeight.subarray(first));
}

/** [rows, columns] */
export function gradientOf({ slopes }: RowReference, given: Scores): Float64Array {
  const { first, rows, columns, target, weight, rowWeight, scale, logits } = given;
  const whole = new Float64Array(rows * columns);
  for (let local = 0; local < rows; local++) {
    const size = weight * rowWeight[first + local]! * scale;
    const row = slopes(tiledScores(given, logits, local), target[first + local]!);
    whole.set(
      row.map((slope) => size * slope),
      local * columns,
    );
  }
  return whole;
}

/** Columns of a matrix [rows, columns] as a tile, NaN up to whole quads. */
function cut(values: Float32Array, rows: number, columns: number, from: number, width: number): Float32Array {
  const stride = roundUp4(width);
  return Float32Array.from({ length: rows * stride }, (_, i) =>
    i % stride < width ? values[Math.floor(i / stride) * columns + from + (i % stride)]! : NaN,
  );
}

/**
 * States and gradient [rows, columns] from the kernels, tile by tile; the states of rows outside the run must
 * not change.
 */
export async function runKernels(
  bench: KernelBench,
  { loss, begin }: Pick<RowReference, 'loss' | 'begin'>,
  given: Scores,
): Promise<{ readonly state: Float32Array; readonly gradient: Float32Array }> {
  const { first, rows, total, columns, tile, logits, target, shared, owner, scale, offset, rowWeight, weight } = given;
  const prelude = rowLossPrelude(loss, offset !== null);
  const width = stateFloats(loss);
  const lanes = Math.ceil(tile / 64);
  const start = blank(width * total);
  for (let local = 0; local < rows; local++) {
    const hit = target[first + local]!;
    const z = scale * logits[local * columns + hit]! + (offset?.[hit] ?? 0);
    start.set([...begin(z), z, scale], width * (first + local));
  }
  const tiles = Array.from({ length: Math.ceil(columns / tile) }, (_, i) => i * tile).map((from) => {
    const wide = Math.min(tile, columns - from);
    const stride = roundUp4(wide);
    const params = { first_row: first, rows, first_column: from, columns: wide, stride, shared_columns: shared, lanes };
    return { from, wide, stride, params, logits: cut(logits, rows, columns, from, wide) };
  });
  const shownTo = {
    target_column: target,
    owner: owner.length > 0 ? owner : Uint32Array.of(0),
    ...(offset === null ? {} : { offset: cut(offset, 1, columns, 0, columns) }),
  };
  let partials = blank(loss.kept * rows * lanes);
  for (const one of tiles) {
    const storage = { ...shownTo, logits: one.logits, state: start, partials };
    const call = { prelude, storage, outputs: ['partials'] as const, params: one.params, threads: rows * lanes };
    partials = (await bench.run('loss_partial', call)).partials;
  }
  const { state } = await bench.run('loss_state', {
    prelude,
    storage: { partials, state: start },
    outputs: ['state'],
    params: { first_row: first, rows, lanes },
    threads: rows,
  });
  const outside = state.filter((_, i) => i < width * first || i >= width * (first + rows));
  expect(outside).toEqual(blank(width * (total - rows)));
  const gradient = new Float32Array(rows * columns);
  for (const one of tiles) {
    const back = await bench.run('loss_gradient', {
      prelude,
      storage: { ...shownTo, logits: one.logits, state, row_weight: rowWeight },
      outputs: ['logits'],
      params: { ...one.params, weight },
      threads: rows * lanes,
    });
    back.logits.forEach((value, i) => {
      const c = i % one.stride;
      if (c < one.wide) gradient[Math.floor(i / one.stride) * columns + one.from + c] = value;
      else expect(value).toBe(0);
    });
  }
  return { state, gradient };
}

/** Weighted sum of the run's losses by reduce_loss. */
export async function reduceLoss(
  bench: KernelBench,
  loss: RowLoss,
  { first, rowWeight, rows }: Scores,
  state: Float32Array,
): Promise<number> {
  const { out } = await bench.run('reduce_loss', {
    prelude: rowLossPrelude(loss),
    storage: {
      state: state.subarray(stateFloats(loss) * first),
      row_weight: rowWeight.subarray(first),
      out: blank(8).fill(0, 2, 3),
    },
    outputs: ['out'],
    params: { rows, slot: 2 },
    threads: [1, 1, 1],
  });
  expect(out.filter((_, i) => i !== 2)).toEqual(blank(7));
  return out[2]!;
}
