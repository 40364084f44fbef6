/** Activations of an MLP, with and without a gate. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { activationPrelude } from './mlp';
import { KernelBench, blank, dot, expectDerivatives, floats, integers, largest, RUNS } from '../../testing/kernelBench';

let bench: KernelBench;
beforeAll(async () => {
  bench = await KernelBench.open();
});
afterAll(() => {
  bench.close();
});

const shapes = fc.record({ rows: fc.integer({ min: 1, max: 9 }), width: fc.integer({ min: 1, max: 45 }), seed: fc.nat() });

/** 0, and inputs a so extreme that every activation here is a or 0 to the last bit. */
const EXTREMES = [
  { input: 1e4, output: 1e4, slope: 1 },
  { input: -1e4, output: 0, slope: 0 },
  { input: 0, output: 0, slope: 0.5 },
  { input: 100, output: 100, slope: 1 },
  { input: -100, output: 0, slope: 0 },
];

/** Activations by definition, with their derivatives. */
const ACTIVATIONS = [
  {
    activation: 'silu',
    act: (a: number) => a / (1 + Math.exp(-a)),
    // silu = a·eᵃ/(1 + eᵃ), silu′ = eᵃ·(1 + a + eᵃ)/(1 + eᵃ)²
    slope: (a: number) => (Math.exp(a) * (1 + a + Math.exp(a))) / (1 + Math.exp(a)) ** 2,
  },
  {
    activation: 'geluTanh',
    act: (a: number) => (a / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (a + 0.044715 * a ** 3))),
    slope: (a: number) => {
      const t = Math.tanh(Math.sqrt(2 / Math.PI) * (a + 0.044715 * a ** 3));
      return (1 + t) / 2 + (a / 2) * (1 - t * t) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * a * a);
    },
  },
] as const;

describe.each(ACTIVATIONS)('$activation', ({ activation, act, slope }) => {
  describe('gated', () => {
    /** act(gate)·up for rows with gate and up side by side. */
    const gated = (x: ArrayLike<number>, rows: number, width: number): Float64Array =>
      Float64Array.from({ length: rows * width }, (_, i) => {
        const at = i + Math.floor(i / width) * width;
        return act(x[at]!) * x[at + width]!;
      });
    const call = (rows: number, width: number) => {
      const { prelude, width: vector } = activationPrelude(activation, width);
      return { prelude, params: { rows, width: width / vector }, threads: (rows * width) / vector };
    };
    const forward = async (x: Float32Array, rows: number, width: number): Promise<Float32Array> => {
      const storage = { gate_up: x, y: blank(rows * width) };
      const { y } = await bench.run('glu_forward', { ...call(rows, width), storage, outputs: ['y'] });
      return y;
    };
    const backward = async (x: Float32Array, dy: Float32Array, rows: number, width: number): Promise<Float32Array> => {
      const storage = { gate_up: x, dy };
      const { gate_up: dx } = await bench.run('glu_backward', { ...call(rows, width), storage, outputs: ['gate_up'] });
      return dx;
    };

    it('forward matches act(gate)·up', async () => {
      await fc.assert(
        fc.asyncProperty(shapes, async ({ rows, width, seed }) => {
          const x = floats(2 * rows * width, seed, 6);
          bench.near('glu_forward', await forward(x, rows, width), gated(x, rows, width));
        }),
        RUNS,
      );
    });

    it('backward matches the derivative and central differences', async () => {
      await fc.assert(
        fc.asyncProperty(shapes, async ({ rows, width, seed }) => {
          const x = floats(2 * rows * width, seed, 6);
          const dy = floats(rows * width, seed + 1);
          const expected = new Float64Array(x.length);
          dy.forEach((g, i) => {
            const at = i + Math.floor(i / width) * width;
            expected[at] = g * x[at + width]! * slope(x[at]!);
            expected[at + width] = g * act(x[at]!);
          });
          const got = await backward(x, dy, rows, width);
          bench.near('glu_backward', got, expected);
          const loss = (values: Float64Array): number => dot(gated(values, rows, width), dy);
          expectDerivatives(got, loss, x, { seed, scale: largest(expected) });
        }),
        RUNS,
      );
    });

    it('stays finite at gates of ±10⁴ and 0', async () => {
      await fc.assert(
        fc.asyncProperty(shapes, async ({ rows, width, seed }) => {
          const picks = integers(rows * width, seed, EXTREMES.length);
          const [x, dy] = [new Float32Array(2 * rows * width), floats(rows * width, seed + 1)];
          const [y, dx] = [new Float32Array(rows * width), new Float32Array(x.length)];
          const up = floats(rows * width, seed + 2, 3);
          picks.forEach((pick, i) => {
            const { input, output, slope: rise } = EXTREMES[pick]!;
            const at = i + Math.floor(i / width) * width;
            x[at] = input;
            x[at + width] = up[i]!;
            y[i] = output * up[i]!;
            dx[at] = dy[i]! * up[i]! * rise;
            dx[at + width] = dy[i]! * output;
          });
          bench.near('glu_forward', await forward(x, rows, width), y, { width: 1, tolerance: 1e-6 });
          bench.near('glu_backward', await backward(x, dy, rows, width), dx, { width: 1, tolerance: 1e-6 });
        }),
        RUNS,
      );
    });
  });

  describe('alone', () => {
    const run = async (x: Float32Array, dy: Float32Array) => {
      const { prelude, width } = activationPrelude(activation, x.length);
      const call = { prelude, params: { count: x.length / width }, threads: x.length / width };
      const { y } = await bench.run('activation_forward', { ...call, storage: { x, y: blank(x.length) }, outputs: ['y'] });
      const { x: dx } = await bench.run('activation_backward', { ...call, storage: { x, dy }, outputs: ['x'] });
      return { y, dx };
    };

    it('matches act and its derivative', async () => {
      await fc.assert(
        fc.asyncProperty(shapes, async ({ rows, width, seed }) => {
          const x = floats(rows * width, seed, 6);
          const dy = floats(rows * width, seed + 1);
          const { y, dx } = await run(x, dy);
          bench.near('activation_forward', y, Float64Array.from(x, act));
          const expected = Float64Array.from(x, (value, i) => dy[i]! * slope(value));
          bench.near('activation_backward', dx, expected);
          const loss = (values: Float64Array): number => dot(values.map(act), dy);
          expectDerivatives(dx, loss, x, { seed, scale: largest(expected) });
        }),
        RUNS,
      );
    });

    it('stays finite at ±10⁴ and 0', async () => {
      await fc.assert(
        fc.asyncProperty(shapes, async ({ rows, width, seed }) => {
          const picked = Array.from(integers(rows * width, seed, EXTREMES.length), (pick) => EXTREMES[pick]!);
          const dy = floats(picked.length, seed + 1);
          const { y, dx } = await run(
            Float32Array.from(picked, ({ input }) => input),
            dy,
          );
          const exact = { width: 1, tolerance: 1e-6 };
          bench.near(
            'activation_forward',
            y,
            picked.map(({ output }) => output),
            exact,
          );
          bench.near(
            'activation_backward',
            dx,
            picked.map(({ slope: rise }, i) => dy[i]! * rise),
            exact,
          );
        }),
        RUNS,
      );
    });
  });
});
