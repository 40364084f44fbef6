/** Products of matrices on a device, each of the sizes that a run has, compared with the processor's before the run trusts them. */
import type { Gpu } from '../../gpu/device';
import { KernelCache } from '../../gpu/kernel';
import { Recorder } from '../../gpu/recorder';
import { Memory, readFloats, type Tensor } from '../../gpu/tensor';
import type { WeightFormat } from '../../recipe/runSpec';
import type { CheckedProducts } from '../../record/runRecord';
import { t } from '../../words/words';
import { productError, toleranceOf, transposed, type Numbers } from './freivalds';
import { Gemm, type GemmCall, type GemmKind, type Matrix } from './gemm';
import { f16Scale } from './gemmSource';
import { deviceTiles } from './gemmTuning';
import { decoded, encodeWeights, storedWords } from './weightFormat';

type Sizes = Pick<GemmCall, 'kind' | 'rows' | 'columns' | 'depth'>;

/** Thrown when a device's product is not what its factors give. */
export class WrongProductError extends Error {
  constructor({ kind, rows, columns, depth }: Sizes, kernel: string, error: number, tolerance: number) {
    super(
      t(
        'This GPU computes wrong numbers: the kernel {kernel}, for a product {kind} of {rows} × {depth} and {depth} × {columns} numbers, is off by {error} of their norms, where rounding allows {tolerance}.',
        { kernel, kind, rows, columns, depth, error: error.toExponential(1), tolerance: tolerance.toExponential(1) },
      ),
    );
    this.name = 'WrongProductError';
  }
}

interface Layout {
  readonly stride: number;
  readonly offset: number;
}

/** A product without its tensors: what its kernel and its bounds depend on. */
export interface ProductLayout extends Sizes {
  readonly alpha: number;
  readonly a: Layout;
  readonly b: Layout & { readonly format: WeightFormat; readonly f16: boolean };
  readonly out: Layout;
  readonly residual: Layout | null;
  readonly tail: { readonly a: Layout; readonly b: Layout; readonly depth: number } | null;
  readonly bias: boolean;
  readonly accumulate: boolean;
}

/** Where a matrix begins matters for its alignment only. */
const OFFSET_STEP = 64;

export function shapeOf({ kind, rows, columns, depth, alpha = 1, ...call }: GemmCall): ProductLayout {
  const { a, b, out, residual, tail, bias, accumulate = false } = call;
  const layout = ({ stride, offset = 0 }: Matrix): Layout => ({ stride, offset: offset % OFFSET_STEP });
  return {
    ...{ kind, rows, columns, depth, alpha, accumulate },
    a: layout(a),
    b: { ...layout(b), format: b.format ?? 'f32', f16: b.f16 ?? false },
    out: layout(out),
    residual: residual === undefined ? null : layout(residual),
    tail: tail === undefined ? null : { a: layout(tail.a), b: layout(tail.b), depth: tail.depth },
    bias: bias !== undefined,
  };
}

/** By the text of its shape: the worst error of each product that was right. */
const rightOnDevice = new WeakMap<GPUDevice, Map<string, number>>();

/**
 * Computes each product once on random numbers; those that this device had right before are not computed again.
 * @param onProgress called before each product @throws WrongProductError, GpuFaultError
 */
export async function checkProducts(
  gpu: Gpu,
  shapes: readonly ProductLayout[],
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<CheckedProducts> {
  const right = rightOnDevice.get(gpu.device) ?? new Map<string, number>();
  rightOnDevice.set(gpu.device, right);
  const asked = new Map(shapes.map((shape) => [JSON.stringify(shape), shape]));
  const waiting = [...asked].filter(([text]) => !right.has(text));
  const pool = new NumberPool();
  for (const [done, [text, shape]] of waiting.entries()) {
    onProgress(done, waiting.length);
    right.set(text, await checkProduct(gpu, shape, pool));
  }
  const errors = [...asked.keys()].map((text) => right.get(text)!);
  return { products: errors.length, worst: Math.max(0, ...errors) };
}

/** Numbers that operands begin with: of each its own, so that none is another's transpose. */
const STARTS = { a: 0, tailA: 1013, tailB: 2027, bias: 3041, addend: 4057 } as const;
const LONGEST_START = 4096;

/** Random numbers in ±1, as many as the largest operand needs, and those of weights as each format stores them. */
class NumberPool {
  #floats = new Float32Array(0);
  readonly #weights = new Map<WeightFormat, { readonly count: number; readonly matrix: StoredNumbers }>();

  floats(start: number, count: number): Float32Array {
    this.#grow(count);
    return this.#floats.slice(start, start + count);
  }

  weights(format: WeightFormat, count: number): StoredNumbers {
    const known = this.#weights.get(format);
    if (known !== undefined && known.count >= count) return known.matrix;
    this.#grow(count);
    const floats = this.#floats.slice(0, WHOLE_BLOCKS * Math.ceil(count / WHOLE_BLOCKS));
    const matrix = { ...encodeWeights(format, floats), floats: decoded(format, floats) };
    this.#weights.set(format, { count, matrix });
    return matrix;
  }

  #grow(count: number): void {
    const needed = count + LONGEST_START;
    if (this.#floats.length < needed) this.#floats = Float32Array.from({ length: needed }, () => 2 * Math.random() - 1);
  }
}

/** Weights of whole blocks in every format. */
const WHOLE_BLOCKS = 64;

interface StoredNumbers {
  readonly values: Float32Array | Uint32Array;
  readonly scales: Uint32Array | null;
  /** What they stand for. */
  readonly floats: Float32Array;
}

/** @returns the error as a share of the tolerance */
async function checkProduct(gpu: Gpu, shape: ProductLayout, pool: NumberPool): Promise<number> {
  const { kind, rows, columns, depth, alpha, tail, accumulate } = shape;
  const memory = new Memory(gpu.device);
  try {
    const recorder = new Recorder(memory, SLOTS);
    const plain = (layout: Layout, height: number, width: number, start: number, unit = 1) => {
      const count = layout.offset + height * layout.stride;
      const values = pool.floats(start, count);
      if (unit !== 1) values.forEach((value, i) => (values[i] = unit * value));
      const numbers = numbersOf(values, layout, height, width);
      return { numbers, matrix: { ...layout, tensor: memory.upload(values, 'checked operand') } };
    };
    const left = (layout: Layout, summed: number, start: number, unit?: number) =>
      kind === 'TN' ? plain(layout, summed, rows, start, unit) : plain(layout, rows, summed, start, unit);
    const right = (layout: Layout, summed: number, start: number) =>
      kind === 'NT' ? plain(layout, columns, summed, start) : plain(layout, summed, columns, start);

    const a = left(shape.a, depth, STARTS.a, 1 / f16Scale({ kind, f16: shape.b.f16 }));
    const b = weightsOf(memory, pool, shape);
    const tails = tail && { a: left(tail.a, tail.depth, STARTS.tailA), b: right(tail.b, tail.depth, STARTS.tailB) };
    const bias = shape.bias ? plain({ stride: columns, offset: 0 }, 1, columns, STARTS.bias) : null;
    const out = plain(shape.out, rows, columns, STARTS.addend);
    const residual = shape.residual && plain(shape.residual, rows, columns, STARTS.addend);

    const kernels: string[] = [];
    await recorder.watch(
      ({ kernel }) => kernels.push(kernel.name),
      () => {
        const gemm = new Gemm(KernelCache.of(gpu.device), recorder, deviceTiles(gpu), memory);
        gemm.reserve(shape.b.format);
        gemm.run({
          ...{ kind, rows, columns, depth, alpha, accumulate, a: a.matrix, b: b.matrix, out: out.matrix },
          tail: tails === null ? undefined : { a: tails.a.matrix, b: tails.b.matrix, depth: tail!.depth },
          ...(bias && { bias: bias.matrix.tensor }),
          ...(residual && { residual: residual.matrix }),
        });
        recorder.submit();
        return Promise.resolve();
      },
    );
    const [got] = await readFloats(memory, [{ tensor: out.matrix.tensor, elements: out.numbers.values.length }]);
    const factors = [
      { left: a.numbers, right: b.numbers },
      ...(tails ? [{ left: tails.a.numbers, right: tails.b.numbers }] : []),
    ];
    const addend = residual?.numbers ?? (accumulate ? out.numbers : null);
    // Every row of C has the same bias.
    const biases = bias && { ...bias.numbers, rows, rowStep: 0 };
    const error = productError(
      { ...out.numbers, values: got! },
      {
        alpha,
        factors: factors.map(({ left: first, right: second }) => ({
          left: kind === 'TN' ? transposed(first) : first,
          right: kind === 'NT' ? transposed(second) : second,
        })),
        bias: biases,
        addend,
      },
    );
    const tolerance = toleranceOf(depth + (tail?.depth ?? 0), shape.b.f16);
    if (error > tolerance) throw new WrongProductError(shape, kernels.at(-1) ?? '', error, tolerance);
    return error / tolerance;
  } finally {
    memory.destroy();
  }
}

/** Dispatches of one product at most: blocks of texels. */
const SLOTS = 64;

function numbersOf(values: ArrayLike<number>, { stride, offset }: Layout, rows: number, columns: number): Numbers {
  return { values, rows, columns, offset, rowStep: stride, columnStep: 1 };
}

/** B as its format stores it. */
function weightsOf(
  memory: Memory,
  pool: NumberPool,
  { kind, columns, depth, b }: ProductLayout,
): { readonly numbers: Numbers; readonly matrix: Matrix } {
  const height = heightOfB(kind, columns, depth);
  const count = b.offset + height * b.stride;
  const stored = pool.weights(b.format, count);
  const words = storedWords(b.format, WHOLE_BLOCKS * Math.ceil(count / WHOLE_BLOCKS));
  const uploaded = (values: Float32Array | Uint32Array, length: number, label: string): Tensor =>
    memory.upload(values.subarray(0, length), label);
  return {
    numbers: numbersOf(stored.floats, b, height, columns + depth - height),
    matrix: {
      ...b,
      tensor: uploaded(stored.values, words.values, 'checked weights'),
      ...(stored.scales && { scales: uploaded(stored.scales, words.scales, 'checked scales') }),
    },
  };
}

function heightOfB(kind: GemmKind, columns: number, depth: number): number {
  return kind === 'NT' ? columns : depth;
}
