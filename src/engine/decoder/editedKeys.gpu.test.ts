/** Attention whose keys are edited, against float64 loops over every pair of rows. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attentionPrelude } from './attention';
import { KernelBench, blank, floats, RUNS, uniforms } from '../../testing/kernelBench';
import { noEdits } from './editedKeys';

let bench: KernelBench;
beforeAll(async () => {
  bench = await KernelBench.open();
});
afterAll(() => {
  bench.close();
});

/** As `experiment/operate` cuts a key. */
const CUT = -60;

interface Problem {
  readonly lengths: readonly number[];
  readonly kvHeads: number;
  readonly group: number;
  readonly size: number;
  readonly window: number;
  readonly seed: number;
}

const problems = fc.record({
  lengths: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
  kvHeads: fc.constantFrom(1, 2),
  group: fc.constantFrom(1, 3),
  size: fc.constantFrom(6, 20, 64),
  window: fc.constantFrom(0, 3),
  seed: fc.nat({ max: 1000 }),
});

/** Edits of the second of two layers: nothing, a bias, a cut, a gain of 0 or of a half. */
function draw({ lengths, kvHeads, group, size, seed }: Problem) {
  const heads = kvHeads * group;
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  const next = uniforms(seed);
  const edits = new Float32Array(2 * 2 * rows * heads).fill(NaN);
  edits.set(noEdits({ layers: 1, heads }, rows), 2 * rows * heads);
  for (let at = rows * heads; at < 2 * rows * heads; at++) {
    const kind = Math.floor(5 * next());
    if (kind === 1) edits[2 * at] = -2 * next();
    if (kind === 2) edits[2 * at] = CUT;
    if (kind === 3) edits[2 * at + 1] = 0;
    if (kind === 4) edits[2 * at + 1] = 0.5;
  }
  const info: number[] = [];
  for (const length of lengths) {
    const start = info.length / 4;
    for (let position = 0; position < length; position++) info.push(start, start + length, position, 0);
  }
  const qkv = floats(rows * (heads + 2 * kvHeads) * size, seed, 2);
  return { rows, heads, edits, info: Uint32Array.from(info), qkv, scale: 0.7 / Math.sqrt(size) };
}

/** Weights times gains [heads, rows, rows], outputs, log-sum-exps and α. */
function reference({ kvHeads, group, size, window }: Problem, drawn: ReturnType<typeof draw>) {
  const { rows, heads, edits, info, qkv, scale } = drawn;
  const stride = (heads + 2 * kvHeads) * size;
  const reach = new Float64Array(heads * rows * rows);
  const o = new Float64Array(rows * heads * size);
  const lse = new Float64Array(rows * heads);
  const alpha = new Float64Array(rows * heads);
  for (let h = 0; h < heads; h++) {
    const kv = Math.floor(h / group);
    for (let i = 0; i < rows; i++) {
      const scores = Array.from({ length: rows }, (_, j) => {
        if (j < info[4 * i]! || j > i || (window > 0 && i - j >= window)) return -Infinity;
        let sum = 0;
        for (let c = 0; c < size; c++) sum += qkv[i * stride + h * size + c]! * qkv[j * stride + (heads + kv) * size + c]!;
        return sum * scale + edits[2 * ((rows + j) * heads + h)]!;
      });
      const top = Math.max(...scores);
      const total = scores.reduce((sum, score) => sum + Math.exp(score - top), 0);
      lse[i * heads + h] = top + Math.log(total);
      scores.forEach((score, j) => {
        const weight = (Math.exp(score - top) / total) * edits[2 * ((rows + j) * heads + h) + 1]!;
        if (score === -Infinity) return;
        reach[(h * rows + i) * rows + j] = weight;
        alpha[j * heads + h]! += weight / (info[4 * j + 1]! - j);
        for (let c = 0; c < size; c++)
          o[(i * heads + h) * size + c]! += weight * qkv[j * stride + (heads + kvHeads + kv) * size + c]!;
      });
    }
  }
  return { reach, o, lse, alpha };
}

it('adds biases to scores and multiplies weights by gains, key by key and head by head', async () => {
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      const drawn = draw(problem);
      const { rows, heads, edits, info, qkv, scale } = drawn;
      const { kvHeads, size, window } = problem;
      const expected = reference(problem, drawn);
      const shape = { heads, kv_heads: kvHeads, scale, window };
      const layer = rows * heads;
      const got = await bench.run('attention_edited', {
        prelude: attentionPrelude('attention_edited', size),
        storage: { rows_info: info, qkv, edits, o: blank(rows * heads * size), lse: blank(rows * heads) },
        outputs: ['o', 'lse'],
        params: { rows, ...shape, layer },
        threads: rows * heads,
      });
      bench.near('attention_edited', got.o, expected.o, { scale: 2 });
      bench.near('attention_edited', got.lse, expected.lse, { scale: 60 });
      const { importance } = await bench.run('importance_edited', {
        prelude: attentionPrelude('importance_edited', size),
        storage: { rows_info: info, qkv, lse: got.lse, edits, importance: blank(2 * rows * heads) },
        outputs: ['importance'],
        params: { rows, ...shape, layer },
        threads: rows * heads,
      });
      bench.near('importance_edited', importance.subarray(layer), expected.alpha, { scale: 1 });
      const [length] = problem.lengths;
      const { map } = await bench.run('map_edited', {
        prelude: attentionPrelude('map_edited', size),
        storage: { qkv, lse: got.lse, edits, map: blank(2 * heads * length! * length!) },
        outputs: ['map'],
        params: { sequences: 1, length: length!, layer: 1, layers: 2, ...shape, edited: layer },
        threads: heads * length! * length!,
      });
      const first = Array.from(map.subarray(heads * length! * length!));
      const wanted = first.map((_, at) => {
        const [key, query, head] = [at % length!, Math.floor(at / length!) % length!, Math.floor(at / length! ** 2)];
        return expected.reach[(head * rows + query) * rows + key]!;
      });
      bench.near('map_edited', Float32Array.from(first), wanted, { scale: 1 });
    }),
    RUNS,
  );
});

it('leaves attention as it is without edits', () => {
  expect([...noEdits({ layers: 1, heads: 2 }, 2)]).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
});
