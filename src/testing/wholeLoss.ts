/**
 * Support for the tests of losses: the whole loss of H·Eᵀ in float64, and the same by `ScoredLoss`, whatever
 * its tiles.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Gpu } from '../gpu/device';
import { readFloats } from '../gpu/tensor';
import { createContext, roundUp8 } from '../engine/context';
import { relativeError } from '../engine/fixture';
import { dot, floats, integers, uniforms } from './kernelBench';
import type { RowLoss } from '../engine/losses/rowLoss';
import { ScoredLoss } from '../engine/losses/scoredLoss';
import type { RowReference } from './tiledScores';

const TOLERANCE = 1e-5;

export interface Problem {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly h: Float32Array;
  readonly e: Float32Array;
  readonly target: Uint32Array;
  readonly shared: number;
  readonly owner: Uint32Array;
  readonly logScale: number | null;
  /** Added to the scores of each column; null: nothing is. */
  readonly offset: Float32Array | null;
  readonly rowWeight: Float32Array;
  readonly weight: number;
}

export interface ProblemShape extends Pick<Problem, 'rows' | 'columns' | 'depth' | 'logScale'> {
  /** Share of the columns that all rows see. */
  readonly share: number;
  /** Whether columns have offsets. */
  readonly offsets?: boolean;
  readonly seed: number;
}

export const problemShapes: fc.Arbitrary<ProblemShape> = fc.record({
  rows: fc.oneof(fc.constantFrom(1, 8, 9), fc.integer({ min: 1, max: 90 })),
  columns: fc.oneof(fc.constantFrom(1, 4, 65), fc.integer({ min: 1, max: 700 })),
  depth: fc.constantFrom(6, 8, 32),
  logScale: fc.constantFrom(null, 0.7),
  share: fc.constantFrom(0.3, 1),
  offsets: fc.boolean(),
  seed: fc.nat(),
});

export function makeProblem({ share, offsets = false, seed, ...shape }: ProblemShape): Problem {
  const { rows, columns, depth } = shape;
  const next = uniforms(seed);
  const shared = Math.max(1, Math.floor(share * columns));
  const owner = integers(columns - shared, seed + 1, rows);
  const target = Uint32Array.from({ length: rows }, (_, row) => {
    const c = Math.floor(next() * columns);
    return c < shared || owner[c - shared] === row ? c : 0;
  });
  const [h, e] = [floats(rows * depth, seed + 2), floats(columns * depth, seed + 3)];
  const rowWeight = floats(rows, seed + 4).map(Math.abs);
  const offset = offsets ? floats(columns, seed + 5) : null;
  return { ...shape, h, e, target, shared, owner, offset, rowWeight, weight: 0.7 };
}

export interface Answer {
  readonly loss: number;
  readonly dh: Float32Array;
  readonly de: Float32Array;
}

export function wholeLoss({ value, slopes }: RowReference, problem: Problem): Answer {
  const { rows, columns, depth, h, e, target, shared, owner, logScale, offset, rowWeight, weight } = problem;
  const scale = logScale === null ? 1 : Math.exp(logScale);
  const dh = new Float64Array(rows * depth);
  const de = new Float64Array(columns * depth);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const mine = h.subarray(row * depth, (row + 1) * depth);
    const sees = (c: number): boolean => c < shared || owner[c - shared] === row;
    const scores = Float64Array.from({ length: columns }, (_, c) =>
      sees(c) ? scale * dot(mine, e.subarray(c * depth, (c + 1) * depth)) + (offset?.[c] ?? 0) : -Infinity,
    );
    loss += rowWeight[row]! * value(scores, target[row]!);
    slopes(scores, target[row]!).forEach((slope, c) => {
      const g = weight * rowWeight[row]! * scale * slope;
      for (let k = 0; k < depth; k++) {
        dh[row * depth + k]! += g * e[c * depth + k]!;
        de[c * depth + k]! += g * h[row * depth + k]!;
      }
    });
  }
  return { loss, dh: Float32Array.from(dh), de: Float32Array.from(de) };
}

/** @param size floats of the scratch for scores; default: the loss's own choice */
export async function runScoredLoss(gpu: Gpu, rowLoss: RowLoss, problem: Problem, size?: number): Promise<Answer> {
  const { rows, columns, depth, h, e, target, shared, owner, logScale, offset, rowWeight, weight } = problem;
  const context = createContext(gpu);
  const { memory } = context;
  const scored = new ScoredLoss(context, { rows, columns, losses: [rowLoss] }, size);
  const padded = new Float32Array(roundUp8(columns) * depth);
  padded.set(e);
  const tensors = {
    h: memory.upload(h, 'h'),
    e: memory.upload(padded, 'e'),
    target: memory.upload(target, 'targets'),
    owner: memory.upload(owner, 'owners'),
    logScale: memory.upload(Float32Array.of(logScale ?? 0), 'log scale'),
    offset: offset && memory.upload(offset, 'offsets'),
    rowWeight: memory.upload(rowWeight, 'row weights'),
    report: memory.tensor(4, 'report'),
    dh: memory.tensor(rows * depth, 'dh'),
    de: memory.tensor(padded.length, 'de'),
  };
  scored.run({
    loss: rowLoss,
    rows,
    columns,
    depth,
    h: tensors.h,
    e: { tensor: tensors.e, stride: depth },
    targetColumn: tensors.target,
    owned: owner.length === 0 ? null : { from: shared, owner: tensors.owner },
    logScale: logScale === null ? null : tensors.logScale,
    offset: tensors.offset,
    rowWeight: tensors.rowWeight,
    report: tensors.report,
    slot: 1,
    gradient: { weight, dh: tensors.dh, de: tensors.de },
  });
  context.recorder.submit();
  const [report, dh, de] = await readFloats(memory, [
    { tensor: tensors.report, elements: 2 },
    { tensor: tensors.dh, elements: rows * depth },
    { tensor: tensors.de, elements: padded.length },
  ]);
  memory.destroy();
  expect(de!.subarray(columns * depth).every((value) => value === 0)).toBe(true);
  return { loss: report![1]!, dh: dh!, de: de!.subarray(0, columns * depth) };
}

/** @param scale magnitude that the loss's error is relative to */
export function expectAnswer(got: Answer, expected: Answer, scale: number): void {
  expect(Math.abs(got.loss - expected.loss) / scale).toBeLessThan(TOLERANCE);
  expect(relativeError(got.dh, expected.dh)).toBeLessThan(TOLERANCE);
  expect(relativeError(got.de, expected.de)).toBeLessThan(TOLERANCE);
}
