/** The whole loss, whatever the tiles: against a float64 loop, and one way of cutting against the other. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/device';
import { openNodeGpu } from '../../gpu/node';
import { readFloats } from '../../gpu/tensor';
import { createContext, roundUp4 } from '../context';
import { relativeError } from '../fixture';
import { dot, floats, integers, RUNS, uniforms } from '../kernels/harness';
import { ScoredLoss, scoreFloats, tileOf, type ScoredRows } from './scoredLoss';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openNodeGpu();
});
afterAll(() => {
  gpu.device.destroy();
});

const TOLERANCE = 1e-5;

interface Problem {
  readonly kind: ScoredRows['kind'];
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly h: Float32Array;
  readonly e: Float32Array;
  readonly target: Uint32Array;
  readonly shared: number;
  readonly owner: Uint32Array;
  readonly logScale: number | null;
  readonly rowWeight: Float32Array;
  readonly weight: number;
}

interface Shape extends Pick<Problem, 'kind' | 'rows' | 'columns' | 'depth' | 'logScale'> {
  readonly share: number;
  readonly seed: number;
}

function make({ share, seed, ...shape }: Shape): Problem {
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
  return { ...shape, h, e, target, shared, owner, rowWeight, weight: 0.7 };
}

interface Answer {
  readonly loss: number;
  readonly dh: Float32Array;
  readonly de: Float32Array;
}

function loop({ kind, rows, columns, depth, h, e, target, shared, owner, logScale, rowWeight, weight }: Problem): Answer {
  const scale = logScale === null ? 1 : Math.exp(logScale);
  const dh = new Float64Array(rows * depth);
  const de = new Float64Array(columns * depth);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const mine = h.subarray(row * depth, (row + 1) * depth);
    const sees = (c: number): boolean => c < shared || owner[c - shared] === row;
    const scores = Float64Array.from({ length: columns }, (_, c) =>
      sees(c) ? scale * dot(mine, e.subarray(c * depth, (c + 1) * depth)) : -Infinity,
    );
    const hit = target[row]!;
    const top = scores.reduce((a, b) => Math.max(a, b));
    const sum = scores.reduce((all, score) => all + Math.exp(score - top), 0);
    const push = scores.map((score, c) => {
      if (kind === 'softmax') return Math.exp(score - top) / sum - Number(c === hit);
      return c === hit ? 0 : 1 / (1 + Math.exp(scores[hit]! - score));
    });
    if (kind === 'softmax') {
      loss += rowWeight[row]! * (top + Math.log(sum) - scores[hit]!);
    } else {
      push[hit] = -push.reduce((a, b) => a + b);
      scores.forEach((score, c) => {
        const x = score - scores[hit]!;
        if (c !== hit) loss += rowWeight[row]! * (Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
      });
    }
    push.forEach((value, c) => {
      const g = weight * rowWeight[row]! * scale * value;
      for (let k = 0; k < depth; k++) {
        dh[row * depth + k]! += g * e[c * depth + k]!;
        de[c * depth + k]! += g * h[row * depth + k]!;
      }
    });
  }
  return { loss, dh: Float32Array.from(dh), de: Float32Array.from(de) };
}

/** @param size floats of the scratch for scores */
async function run(problem: Problem, size: number): Promise<Answer> {
  const { kind, rows, columns, depth, h, e, target, shared, owner, logScale, rowWeight, weight } = problem;
  const context = createContext(gpu);
  const { memory } = context;
  const scored = new ScoredLoss(context, rows, columns, size);
  const padded = new Float32Array(roundUp4(columns) * depth);
  padded.set(e);
  const tensors = {
    h: memory.upload(h, 'h'),
    e: memory.upload(padded, 'e'),
    target: memory.upload(target, 'targets'),
    owner: memory.upload(owner, 'owners'),
    logScale: memory.upload(Float32Array.of(logScale ?? 0), 'log scale'),
    rowWeight: memory.upload(rowWeight, 'row weights'),
    report: memory.tensor(4, 'report'),
    dh: memory.tensor(rows * depth, 'dh'),
    de: memory.tensor(padded.length, 'de'),
  };
  scored.run({
    kind,
    rows,
    columns,
    depth,
    h: tensors.h,
    e: { tensor: tensors.e, stride: depth },
    targetColumn: tensors.target,
    owned: owner.length === 0 ? null : { from: shared, owner: tensors.owner },
    logScale: logScale === null ? null : tensors.logScale,
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

function near(got: Answer, expected: Answer, scale: number): void {
  expect(Math.abs(got.loss - expected.loss) / scale).toBeLessThan(TOLERANCE);
  expect(relativeError(got.dh, expected.dh)).toBeLessThan(TOLERANCE);
  expect(relativeError(got.de, expected.de)).toBeLessThan(TOLERANCE);
}

describe('tileOf', () => {
  it('takes whole rows where 64 of them fit, else a part of the columns', () => {
    expect(tileOf(768, 4096, 1 << 19)).toEqual({ rows: 128, columns: 4096 });
    expect(tileOf(120, 5200, 1 << 19)).toEqual({ rows: 96, columns: 5200 });
    expect(tileOf(5, 65_536, 1 << 19)).toEqual({ rows: 5, columns: 65_536 });
    expect(tileOf(768, 16_384, 1 << 19)).toEqual({ rows: 768, columns: 680 });
    expect(tileOf(768, 200_000, scoreFloats(200_000))).toEqual({ rows: 768, columns: 2080 });
  });

  it('never exceeds the scratch', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 4096, max: 1 << 21 }),
        (rows, quads, size) => {
          const tile = tileOf(rows, 4 * quads, size);
          expect(tile.rows * tile.columns).toBeLessThanOrEqual(size);
          expect(tile.rows).toBeGreaterThan(0);
          expect(tile.columns % 4).toBe(0);
          expect(tile.columns).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('ScoredLoss', () => {
  const shapes = fc.record({
    kind: fc.constantFrom('softmax' as const, 'pairwise' as const),
    rows: fc.oneof(fc.constantFrom(1, 8, 9), fc.integer({ min: 1, max: 90 })),
    columns: fc.oneof(fc.constantFrom(1, 4, 65), fc.integer({ min: 1, max: 700 })),
    depth: fc.constantFrom(6, 8, 32),
    logScale: fc.constantFrom(null, 0.7),
    share: fc.constantFrom(0.3, 1),
    seed: fc.nat(),
  });

  it('agrees with a float64 loop in whole rows and in parts of the columns', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const problem = make(shape);
        const expected = loop(problem);
        // |scores| up to √32·…: what cancels in the cross-entropy.
        const scale = Math.max(1, expected.loss, 6 * problem.rowWeight.reduce((a, b) => a + b));
        near(await run(problem, scoreFloats(problem.columns)), expected, scale);
        near(await run(problem, 4096), expected, scale);
      }),
      { ...RUNS, numRuns: 10 },
    );
  });

  it('goes on past the rows of a tile', async () => {
    const problem = make({ kind: 'softmax', rows: 1040, columns: 130, depth: 8, logScale: 0.7, share: 1, seed: 3 });
    const expected = loop(problem);
    near(await run(problem, 8192), expected, expected.loss);
  });

  it('stays finite at scores of ±10⁴ and at zero', async () => {
    let largestLoss = 0;
    await fc.assert(
      fc.asyncProperty(shapes, fc.constantFrom(100, 0), async (shape, size) => {
        const made = make({ ...shape, logScale: null });
        // Whole numbers, so that scores are exact.
        const whole = (values: Float32Array): Float32Array => values.map((value) => size * Math.round(value));
        const problem = { ...made, h: whole(made.h), e: whole(made.e) };
        const expected = loop(problem);
        largestLoss = Math.max(largestLoss, expected.loss);
        // What cancels: |scores| up to depth·10⁴.
        const cancels = shape.depth * size * size * problem.rowWeight.reduce((total, value) => total + value, 0);
        near(await run(problem, 4096), expected, Math.max(1, expected.loss, cancels));
      }),
      { ...RUNS, numRuns: 10 },
    );
    expect(largestLoss).toBeGreaterThan(1e4);
  });
});
