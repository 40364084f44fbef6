/** The kernels of L_ent against float64, with windows, grouped heads and rows that do not count. */
import fc from 'fast-check';
import { afterAll, beforeAll, it } from 'vitest';
import { KernelBench, blank, floats, RUNS, uniforms } from '../../../testing/kernelBench';
import { attentionPrelude } from '../../decoder/attention';

let bench: KernelBench;
beforeAll(async () => {
  bench = await KernelBench.open();
});
afterAll(() => {
  bench.close();
});

it('give what entropies lack, and add its gradient to that of q and k', async () => {
  const problems = fc.record({
    kvHeads: fc.integer({ min: 1, max: 2 }),
    group: fc.integer({ min: 1, max: 3 }),
    size: fc.constantFrom(6, 20),
    lengths: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 }),
    window: fc.constantFrom(0, 2, 3),
    seed: fc.nat(999),
  });
  await fc.assert(
    fc.asyncProperty(problems, async ({ kvHeads, group, size, lengths, window, seed }) => {
      const heads = kvHeads * group;
      const stride = (heads + 2 * kvHeads) * size;
      const starts = lengths.flatMap((length, at) => {
        const start = lengths.slice(0, at).reduce((sum, one) => sum + one, 0);
        return Array.from({ length }, () => [start, start + length] as const);
      });
      const rows = starts.length;
      const [scale, weight] = [1 / Math.sqrt(size), 0.6];
      const qkv = floats(rows * stride, seed, 2);
      const before = floats(rows * stride, seed + 1);
      const next = uniforms(seed + 2);
      const rowWeight = Float32Array.from({ length: rows }, () => (next() < 0.3 ? 0 : next()));
      const info = Uint32Array.from(starts.flatMap(([start, end], row) => [start, end, row - start, 0xffffffff]));
      const q = (row: number, head: number): number => row * stride + head * size;
      const k = (row: number, head: number): number => row * stride + (heads + Math.floor(head / group)) * size;
      const lse = new Float32Array(rows * heads);
      const lack = new Float64Array(rows * heads);
      const gradient = Float64Array.from(before);
      for (let row = 0; row < rows; row++) {
        const first = window === 0 ? starts[row]![0] : Math.max(starts[row]![0], row - window + 1);
        for (let head = 0; head < heads; head++) {
          const scores = Array.from({ length: row - first + 1 }, (_, at) => {
            let sum = 0;
            for (let c = 0; c < size; c++) sum += scale * qkv[q(row, head) + c]! * qkv[k(first + at, head) + c]!;
            return sum;
          });
          const top = Math.max(...scores);
          const all = top + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - top), 0));
          lse[row * heads + head] = all;
          if (rowWeight[row] === 0 || scores.length < 2) continue;
          const entropy = scores.reduce((sum, score) => sum - Math.exp(score - all) * (score - all), 0);
          lack[row * heads + head] = 1 - entropy / Math.log(scores.length);
          scores.forEach((score, at) => {
            const slope = (weight * rowWeight[row]! * Math.exp(score - all) * (score - all + entropy)) / Math.log(scores.length);
            for (let c = 0; c < size; c++) {
              gradient[q(row, head) + c]! += slope * scale * qkv[k(first + at, head) + c]!;
              gradient[k(first + at, head) + c]! += slope * scale * qkv[q(row, head) + c]!;
            }
          });
        }
      }
      const shape = { rows, heads, kv_heads: kvHeads, scale, window };
      const read = { rows_info: info, qkv, lse };
      const queries = await bench.run('entropy_q', {
        prelude: attentionPrelude('entropy_q', size),
        storage: { ...read, row_weight: rowWeight, dqkv: before, pull: blank(2 * rows * heads), lack: blank(rows * heads) },
        outputs: ['dqkv', 'pull', 'lack'],
        params: { ...shape, weight },
        threads: rows * heads,
      });
      bench.near('entropy_q', queries.lack, lack, { scale: 1 });
      const { dqkv } = await bench.run('entropy_kv', {
        prelude: attentionPrelude('entropy_kv', size),
        storage: { ...read, pull: queries.pull, dqkv: queries.dqkv },
        outputs: ['dqkv'],
        params: shape,
        threads: rows * kvHeads,
      });
      bench.near('entropy_kv', dqkv, gradient);
    }),
    RUNS,
  );
});
