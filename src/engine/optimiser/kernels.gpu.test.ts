/** Gradient norm and AdamW. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bitsOf } from '../../gpu/tensor';
import { KernelBench, blank, dot, floats, RUNS, UNTOUCHED } from '../../testing/kernelBench';

let bench: KernelBench;
beforeAll(async () => {
  bench = await KernelBench.open();
});
afterAll(() => {
  bench.close();
});

const PARTS = 256;
const prelude = { constants: { PARTS } };

async function squareSums(x: Float32Array): Promise<Float32Array> {
  const { part } = await bench.run('square_sums', {
    prelude,
    storage: { x, part: blank(PARTS) },
    outputs: ['part'],
    params: { count: x.length },
    threads: PARTS,
  });
  return part;
}

async function norm(part: Float32Array, slot: number): Promise<Float32Array> {
  const { out } = await bench.run('gradient_norm', {
    prelude,
    storage: { part, out: blank(8) },
    outputs: ['out'],
    params: { slot },
    threads: [1, 1, 1],
  });
  expect(out.filter((_, i) => i !== slot)).toEqual(blank(7));
  return out.subarray(slot, slot + 1);
}

describe('gradient norm', () => {
  it('square_sums splits Σ x² into parts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 9000 })),
        fc.nat(),
        async (count, seed) => {
          const x = floats(count, seed, 3);
          const expected = new Float64Array(PARTS);
          x.forEach((value, i) => (expected[i % PARTS]! += value * value));
          bench.near('square_sums', await squareSums(x), expected);
        },
      ),
      RUNS,
    );
  });

  it('gradient_norm takes the root of the sum of the parts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 7 }), fc.nat(), async (slot, seed) => {
        const part = floats(PARTS, seed).map(Math.abs);
        bench.near('gradient_norm', await norm(part, slot), [Math.sqrt(part.reduce((sum, value) => sum + value, 0))]);
      }),
      RUNS,
    );
  });

  it.each([0, 1e-15, 1e4, 1e15])('is right for gradients of %d', async (size) => {
    const x = floats(1000, 3, size);
    bench.near('gradient_norm', await norm(await squareSums(x), 3), [Math.sqrt(dot(x, x))]);
  });

  it.each([NaN, Infinity, 1e25])('is not finite when a gradient is %d', async (value) => {
    const x = floats(1000, 3);
    x[517] = value;
    const [got] = await norm(await squareSums(x), 3);
    expect(Number.isFinite(got)).toBe(false);
  });
});

describe('adamw', () => {
  interface Step {
    readonly parameters: Float32Array;
    readonly gradients: Float32Array;
    readonly m: Float32Array;
    readonly v: Float32Array;
    readonly decayed: number;
    readonly clip: number;
    readonly norm: number;
    readonly step: number;
  }
  const rate = 0.01;
  const decay = 0.05;
  const beta1 = 0.9;
  const beta2 = 0.999;
  const epsilon = 1e-8;

  const run = async (given: Step) => {
    const report = blank(8);
    report[5] = given.norm;
    const { parameters, gradients, m, v, decayed, clip, step } = given;
    return bench.run('adamw', {
      storage: { gradients, report, parameters, m, v },
      outputs: ['parameters', 'm', 'v', 'report'],
      params: {
        count: parameters.length,
        decayed,
        rate,
        decay,
        beta1,
        beta2,
        epsilon,
        correction1: 1 - beta1 ** step,
        correction2: 1 - beta2 ** step,
        clip,
        norm_slot: 5,
      },
      threads: parameters.length,
    });
  };

  const expected = (given: Step) => {
    const factor = given.clip > 0 ? Math.min(1, given.clip / (given.norm + 1e-6)) : 1;
    const g = Float64Array.from(given.gradients, (value) => value * factor);
    const m = g.map((value, i) => beta1 * given.m[i]! + (1 - beta1) * value);
    const v = g.map((value, i) => beta2 * given.v[i]! + (1 - beta2) * value * value);
    const parameters = Float64Array.from(given.parameters, (value, i) => {
      const kept = i < given.decayed ? value * (1 - rate * decay) : value;
      const mean = m[i]! / (1 - beta1 ** given.step);
      const square = v[i]! / (1 - beta2 ** given.step);
      return kept - (rate * mean) / (Math.sqrt(square) + epsilon);
    });
    return { parameters, m, v };
  };

  const make = (count: number, seed: number) => ({
    parameters: floats(count, seed),
    gradients: floats(count, seed + 1, 0.3),
    m: floats(count, seed + 2, 0.1),
    v: floats(count, seed + 3, 0.1).map(Math.abs),
  });

  it('matches Loshchilov and Hutter, with and without clipping and decay', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          count: fc.oneof(fc.constantFrom(1, 63, 64, 65), fc.integer({ min: 1, max: 400 })),
          share: fc.constantFrom(0, 0.5, 1),
          clip: fc.constantFrom(0, 1),
          norm: fc.constantFrom(0, 0.5, 1, 30),
          step: fc.constantFrom(1, 2, 500),
          seed: fc.nat(),
        }),
        async ({ count, share, clip, norm: length, step, seed }) => {
          const given = { ...make(count, seed), decayed: Math.floor(share * count), clip, norm: length, step };
          const got = await run(given);
          const right = expected(given);
          bench.near('adamw', got.m, right.m);
          bench.near('adamw', got.v, right.v);
          bench.near('adamw', got.parameters, right.parameters);
        },
      ),
      { ...RUNS, numRuns: 25 },
    );
  });

  it('only decays parameters whose gradient has always been zero', async () => {
    const zeros = (): Float32Array => new Float32Array(70);
    const given = {
      parameters: floats(70, 4),
      gradients: zeros(),
      m: zeros(),
      v: zeros(),
      decayed: 40,
      clip: 1,
      norm: 0,
      step: 1,
    };
    const got = await run(given);
    bench.near('adamw', got.parameters, expected(given).parameters, { width: 1 });
    expect(got.parameters.subarray(40)).toEqual(given.parameters.subarray(40));
    expect(got.m).toEqual(zeros());
    expect(got.v).toEqual(zeros());
  });

  it.each([0, 1])('leaves everything unchanged if the norm is not finite, clip %d', async (clip) => {
    for (const length of [NaN, Infinity]) {
      const given = { ...make(100, 8), decayed: 50, clip, norm: length, step: 1 };
      given.gradients[3] = NaN;
      const got = await run(given);
      for (const key of ['parameters', 'm', 'v'] as const) expect(bitsOf(got[key])).toEqual(bitsOf(given[key]));
      expect(got.report[0]).toBe(UNTOUCHED);
    }
  });

  it('still steps at a norm near the largest f32', async () => {
    const given = { ...make(100, 8), decayed: 50, clip: 1, norm: 1e38, step: 1 };
    bench.near('adamw', (await run(given)).parameters, expected(given).parameters);
  });
});
