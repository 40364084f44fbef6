/** Sink statistics reduced on the GPU against those of whole attention maps. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STATISTICS } from './measuredSequences';
import { barcodeIndex, importance, itemEntropy } from '../../measures/sinks/sinks';
import { bitsOf } from '../../gpu/tensor';
import { attentionPrelude } from '../decoder/attention';
import { KernelBench, blank, floats, integers, RUNS, uniforms, UNTOUCHED } from '../../testing/kernelBench';

let bench: KernelBench;
beforeAll(async () => {
  bench = await KernelBench.open();
});
afterAll(() => {
  bench.close();
});

const THRESHOLD = 0.3;

interface Sequence {
  readonly start: number;
  readonly length: number;
  /** Counted from the sequence's first row. */
  readonly items: readonly number[];
}

interface Problem {
  readonly heads: number;
  readonly kvHeads: number;
  readonly size: number;
  readonly scale: number;
  readonly window: number;
  readonly rows: number;
  readonly sequences: readonly Sequence[];
  readonly qkv: Float32Array;
}

const shapes = fc.record({
  kvHeads: fc.integer({ min: 1, max: 2 }),
  group: fc.integer({ min: 1, max: 3 }),
  size: fc.constantFrom(6, 8),
  /** Items of each sequence: most of the positions between the first and the last. */
  items: fc.array(fc.oneof(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 11 })), { minLength: 1, maxLength: 5 }),
  sparse: fc.boolean(),
  window: fc.constantFrom(0, 0, 2, 5, 100),
  seed: fc.nat(),
});

interface Shape {
  readonly kvHeads: number;
  readonly group: number;
  readonly size: number;
  readonly items: readonly number[];
  readonly sparse: boolean;
  readonly window: number;
  readonly seed: number;
}

function make(shape: Shape): Problem {
  const { kvHeads, group, size, window, seed } = shape;
  const next = uniforms(seed);
  const sequences: Sequence[] = [];
  let start = 0;
  for (const count of shape.items) {
    const items: number[] = [];
    let position = 1;
    for (let item = 0; item < count; item++) {
      if (shape.sparse) position += Math.floor(2 * next());
      items.push(position++);
    }
    sequences.push({ start, length: position + 1, items });
    start += position + 1;
  }
  const heads = group * kvHeads;
  const qkv = floats(start * (heads + 2 * kvHeads) * size, seed + 1, 2);
  return { heads, kvHeads, size, scale: 1 / Math.sqrt(size), window, rows: start, sequences, qkv };
}

/** Causal attention of one head over one sequence, [T, T], and the rows' log-sum-exps. */
function attentionOf({ heads, kvHeads, size, scale, window, qkv }: Problem, { start, length }: Sequence, head: number) {
  const stride = (heads + 2 * kvHeads) * size;
  const kHead = heads + Math.floor(head / (heads / kvHeads));
  const map = new Float32Array(length * length);
  const lse = Array.from({ length }, (_, i) => {
    const scores = Array.from({ length: i + 1 }, (_unused, j) => {
      if (window > 0 && i - j >= window) return -Infinity;
      let score = 0;
      for (let c = 0; c < size; c++) {
        score += qkv[(start + i) * stride + head * size + c]! * qkv[(start + j) * stride + kHead * size + c]!;
      }
      return scale * score;
    });
    const top = Math.max(...scores);
    const whole = top + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - top), 0));
    scores.forEach((score, j) => (map[i * length + j] = Math.exp(score - whole)));
    return whole;
  });
  return { map, lse };
}

/** What the three kernels compute for one block, as plane 1 of 3 layers, and what whole maps say. */
async function run(problem: Problem) {
  const { heads, kvHeads, size, scale, window, rows, sequences, qkv } = problem;
  const lse = new Float32Array(rows * heads);
  const statistics = blank(STATISTICS * 3 * sequences.length * heads);
  const expected = Float64Array.from(statistics);
  const alphas = new Float64Array(rows * heads);
  const sites = new Uint32Array(rows);
  const spans = sequences.flatMap(({ start, length, items }, s) => {
    const half = items.slice(0, Math.ceil(items.length / 2));
    sites.fill(4 * s, start, start + length);
    items.forEach((item) => (sites[start + item] = 4 * s + (half.includes(item) ? 2 : 1)));
    return [start, start + length, start + half.at(-1)!, items.length];
  });
  sequences.forEach((sequence, s) => {
    const { start, length, items } = sequence;
    for (let head = 0; head < heads; head++) {
      const one = attentionOf(problem, sequence, head);
      one.lse.forEach((value, i) => (lse[(start + i) * heads + head] = value));
      const alpha = importance(one.map, length);
      alpha.forEach((value, i) => (alphas[(start + i) * heads + head] = value));
      const largest = Math.max(...items.map((item) => alpha[item]!));
      const early = Math.max(...items.slice(0, Math.ceil(items.length / 2)).map((item) => alpha[item]!));
      const barcode = barcodeIndex(one.map, length, items);
      expected.set(
        [largest, alpha[0]!, barcode, itemEntropy(one.map, length, length - 1, items), early],
        STATISTICS * ((sequences.length + s) * heads + head),
      );
    }
  });
  const shape = { heads, kv_heads: kvHeads, scale, window };
  const shared = { sites, spans: Uint32Array.from(spans), qkv, lse };
  const { mass } = await bench.run('sink_row_mass', {
    prelude: attentionPrelude('sink_row_mass', size),
    storage: { ...shared, mass: blank(rows * heads) },
    outputs: ['mass'],
    params: { rows, ...shape },
    threads: rows * heads,
  });
  const { received, sink_heads: counts } = await bench.run('sink_received', {
    prelude: attentionPrelude('sink_received', size),
    storage: { ...shared, mass, received: blank(4 * rows * heads), sink_heads: new Float32Array(rows) },
    outputs: ['received', 'sink_heads'],
    params: { rows, ...shape, threshold: THRESHOLD },
    threads: rows * heads,
  });
  const got = await bench.run('sink_statistics', {
    prelude: attentionPrelude('sink_statistics', size),
    storage: { ...shared, mass, received, statistics },
    outputs: ['statistics'],
    params: { sequences: sequences.length, layer: 1, ...shape },
    threads: sequences.length * heads,
  });
  const sinkHeads = bitsOf(counts);
  return { alphas, got: received.filter((_, i) => i % 4 === 0), statistics: got.statistics, expected, sinkHeads };
}

describe('sink statistics', () => {
  it('equal those computed from whole attention maps', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const problem = make(shape);
        const { heads, rows } = problem;
        const { alphas, got, statistics, expected, sinkHeads } = await run(problem);
        bench.near('sink_received', got, alphas, { scale: 1 });
        bench.near('sink_statistics', statistics, expected, { scale: 1 });
        expect(statistics[0]).toBe(UNTOUCHED);
        for (let row = 0; row < rows; row++) {
          const beyond = (margin: number): number =>
            alphas.subarray(row * heads, (row + 1) * heads).filter((alpha) => alpha > THRESHOLD + margin).length;
          expect(sinkHeads[row]).toBeGreaterThanOrEqual(beyond(1e-5));
          expect(sinkHeads[row]).toBeLessThanOrEqual(beyond(-1e-5));
        }
      }),
      RUNS,
    );
  });

  const shape = { kvHeads: 1, group: 2, size: 8, items: [9, 1, 4], sparse: true, window: 0, seed: 3 };

  it('stay finite at scores of ±10⁴, with rows that attend to one position alone or to no item', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (anyShape) => {
        const made = make(anyShape);
        // Whole numbers, so that scores are exact, and so far apart that a weight is either 0 or not small.
        const signs = integers(made.qkv.length, anyShape.seed + 4, 3);
        const { statistics, expected } = await run({ ...made, scale: 1, qkv: made.qkv.map((_, i) => 35 * (signs[i]! - 1)) });
        // exp(score − lse): at 10⁴ an f32 resolves 10⁻³.
        bench.near('sink_statistics', statistics, expected, { scale: 1, tolerance: 2e-3 });
      }),
      RUNS,
    );
  });

  it('of uniform attention are 1 for index and entropy', async () => {
    const made = make(shape);
    const { statistics, expected } = await run({ ...made, qkv: new Float32Array(made.qkv.length) });
    bench.near('sink_statistics', statistics, expected, { scale: 1 });
    const { heads, sequences } = made;
    for (let i = sequences.length * heads; i < 2 * sequences.length * heads; i++) {
      expect(statistics[STATISTICS * i + 2]).toBeCloseTo(1, 5);
      expect(statistics[STATISTICS * i + 3]).toBeCloseTo(1, 5);
    }
  });
});
