/**
 * Products of a run, computed once on the device and checked on the CPU before they are relied on. Operands
 * are random whole numbers, so small that float32 holds every partial sum exactly, whatever the order: a
 * sound device makes no error at all. That C is A·B is checked by Freivalds' method (IFIP Congress 1977): C·x
 * = A·(B·x) and yᵀ·C = (yᵀ·A)·B for vectors of random signs, each of which finds any wrong C with a
 * probability of at least one half.
 */
import type { Gpu } from '../../gpu/device';
import { readFloats } from '../../gpu/tensor';
import { BLOCK, type QuantisedType } from '../../model/gguf/quantise';
import type { WeightFormat } from '../../recipe/runSpec';
import { t } from '../../words/words';
import { createContext, type Context } from '../context';
import type { GemmCall, GemmKind, Matrix } from './gemmCall';
import { f16Scale } from './gemmSource';
import { blockTypeOf, encodeWeights } from './weightFormat';

/** Where a matrix lies in its buffer, from the row of its first element on. */
interface Place {
  readonly stride: number;
  readonly offset: number;
}

/** All of a product that decides which kernel computes it and how, but not on what. */
export interface CheckedShape {
  readonly kind: GemmKind;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly a: Place;
  readonly b: Place;
  readonly out: Place;
  readonly format: WeightFormat;
  readonly f16: boolean;
  readonly tail: { readonly depth: number; readonly a: Place; readonly b: Place } | null;
  readonly bias: boolean;
  readonly residual: Place | null;
  readonly accumulate: boolean;
}

/** The shape of a product whose B is in one place. */
export function shapeOf({
  kind,
  rows,
  columns,
  depth,
  a,
  b,
  out,
  tail,
  bias,
  residual,
  accumulate = false,
}: GemmCall): CheckedShape {
  return {
    kind,
    rows,
    columns,
    depth,
    a: placeOf(a),
    b: placeOf(b),
    out: placeOf(out),
    format: b.format ?? 'f32',
    f16: b.f16 === true,
    tail: tail === undefined ? null : { depth: tail.depth, a: placeOf(tail.a), b: placeOf(tail.b) },
    bias: bias !== undefined,
    residual: residual === undefined ? null : placeOf(residual),
    accumulate,
  };
}

/**
 * The same product of as many rows of a batch as its matrices hold: what is summed over in TN, else the rows
 * of C.
 */
export function largestShapeOf(call: GemmCall): CheckedShape {
  const { kind, a, b, out, residual, tail } = call;
  const shape = shapeOf(call);
  const matrices = kind === 'TN' ? [a, b] : [a, out, ...(residual ? [residual] : []), ...(tail ? [tail.a] : [])];
  const most = Math.min(...matrices.map(({ tensor, stride, offset = 0 }) => Math.floor((tensor.size / 4 - offset) / stride)));
  return kind === 'TN' ? { ...shape, depth: Math.max(shape.depth, most) } : { ...shape, rows: Math.max(shape.rows, most) };
}

/** Rows before the first change nothing but addresses. */
function placeOf({ stride, offset = 0 }: Matrix): Place {
  return { stride, offset: offset % stride };
}

/** Thrown when a device has computed a wrong product. */
export class WrongProductError extends Error {
  constructor(
    readonly kernel: string,
    { rows, columns, depth }: Pick<CheckedShape, 'rows' | 'columns' | 'depth'>,
    /** Of an element, relative to the largest of what it should have been in its row or column. */
    readonly error: number,
  ) {
    super(
      t(
        'This GPU computes wrong numbers: in a product of {rows} × {depth} and {depth} × {columns} by {kernel}, an element is off by {error} of the largest.',
        { rows, columns, depth, kernel, error: Number.isFinite(error) ? error.toExponential(1) : String(error) },
      ),
    );
    this.name = 'WrongProductError';
  }
}

/** Vectors of random signs on each side; ten miss a wrong product with a probability of at most 2⁻¹⁰. */
const SIGNS = 5;

/** What a device was found to compute right, as JSON of shapes. */
const checkedOn = new WeakMap<GPUDevice, Set<string>>();

/**
 * Checks one product of every shape that the device has not yet been seen to compute right.
 * @returns how many were checked now @throws WrongProductError, GpuFaultError, the signal's reason
 */
export async function checkProducts(
  gpu: Gpu,
  shapes: readonly CheckedShape[],
  {
    onProgress,
    signal,
  }: { readonly onProgress?: (done: number, total: number) => void; readonly signal?: AbortSignal | undefined } = {},
): Promise<number> {
  const checked = checkedOn.get(gpu.device) ?? new Set<string>();
  checkedOn.set(gpu.device, checked);
  const left = new Map(shapes.map((shape) => [JSON.stringify(shape), shape] as const).filter(([key]) => !checked.has(key)));
  if (left.size === 0) return 0;
  const context = createContext(gpu);
  try {
    let done = 0;
    for (const [key, shape] of left) {
      signal?.throwIfAborted();
      onProgress?.(done++, left.size);
      await checkProduct(context, shape);
      checked.add(key);
    }
  } finally {
    context.memory.destroy();
  }
  return left.size;
}

/**
 * A matrix on the CPU: element (r, c) is data[offset + r·down + c·across]; one of `down` and `across` is 1.
 */
interface View {
  readonly data: Float32Array;
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly down: number;
  readonly across: number;
}

function transposed({ data, offset, rows, columns, down, across }: View): View {
  return { data, offset, rows: columns, columns: rows, down: across, across: down };
}

/** A matrix on both sides. */
interface Operand {
  readonly matrix: Matrix;
  readonly view: View;
}

/** What C must be: α·(A·B + A2·B2) and all that is added. */
interface Expected {
  readonly products: readonly { readonly a: View; readonly b: View }[];
  readonly added: readonly View[];
}

/** α of checked products: any but 1, which a kernel that forgets it would pass. */
const ALPHA = 2;
/**
 * What sums of α·A·B stay below. With what is added they stay below 2²⁴, up to which float32 has every whole
 * number.
 */
const MOST_SUM = 2 ** 23;
const MOST_ADDED = 2 ** 21;
/** The same for half floats, which hold operands, and in which a kernel may add four products. */
const MOST_HALF = 2 ** 11;

/** Least and largest weights of a block that is stored as it is, since they make its scale 1. */
const BLOCK_RANGES: Readonly<Record<QuantisedType, readonly [number, number]>> = {
  Q8_0: [-127, 127],
  Q4_1: [0, 15],
  Q4_0: [-8, 7],
};

/** Largest magnitudes in A and B. */
function magnitudesOf({ depth, tail, format, f16 }: CheckedShape): { readonly a: number; readonly b: number } {
  const sum = MOST_SUM / ALPHA / Math.max(1, depth + (tail?.depth ?? 0));
  const product = f16 ? Math.min(sum, MOST_HALF / 4) : sum;
  const type = blockTypeOf(format);
  const b = type === null ? Math.min(Math.floor(Math.sqrt(product)), MOST_HALF) : Math.max(...BLOCK_RANGES[type].map(Math.abs));
  return { a: Math.max(1, Math.floor(product / b)), b };
}

function wholeNumber(least: number, most: number): number {
  return least + Math.floor(Math.random() * (most - least + 1));
}

/** As `Float32Array.from`, several times as fast. */
function filled(count: number, number: (at: number) => number): Float32Array {
  const numbers = new Float32Array(count);
  for (let at = 0; at < count; at++) numbers[at] = number(at);
  return numbers;
}

/** Multiples of `unit`. */
function wholeNumbers(count: number, most: number, unit = 1): Float32Array {
  return filled(count, () => unit * wholeNumber(-most, most));
}

/** Whole numbers that a format stores as they are. */
function storableNumbers(format: WeightFormat, count: number, most: number): Float32Array {
  const type = blockTypeOf(format);
  if (type === null) return wholeNumbers(count, most);
  const range = BLOCK_RANGES[type];
  return filled(BLOCK * Math.ceil(count / BLOCK), (at) => range[at % BLOCK] ?? wholeNumber(...range));
}

/** @throws WrongProductError */
async function checkProduct({ memory, recorder, gemm }: Context, shape: CheckedShape): Promise<void> {
  const { kind, rows, columns, depth, format, f16, tail, residual, accumulate } = shape;
  const largest = magnitudesOf(shape);
  const unit = 1 / f16Scale({ kind, f16 });
  const made: Matrix[] = [];
  /** [height, width] as the product reads it, stored transposed or as it is. */
  const operand = (
    at: Place,
    height: number,
    width: number,
    turned: boolean,
    numbers: (count: number) => Float32Array,
    stored: WeightFormat = 'f32',
  ): Operand => {
    const size = turned ? { rows: width, columns: height } : { rows: height, columns: width };
    const data = numbers(at.offset + size.rows * at.stride);
    const { values, scales } = encodeWeights(stored, data);
    const matrix: Matrix = {
      ...at,
      tensor: memory.upload(values, 'checked operand'),
      ...(scales && { scales: memory.upload(scales, 'checked operand: scales') }),
      format: stored,
    };
    made.push(matrix);
    const view = { data, offset: at.offset, ...size, down: at.stride, across: 1 };
    return { matrix, view: turned ? transposed(view) : view };
  };
  const leftOf = (at: Place, length: number): Operand =>
    operand(at, rows, length, kind === 'TN', (count) => wholeNumbers(count, largest.a, unit));
  const rightOf = (at: Place, length: number, stored: WeightFormat): Operand =>
    operand(at, length, columns, kind === 'NT', (count) => storableNumbers(stored, count, largest.b), stored);
  const addedOf = (at: Place, height = rows): Operand =>
    operand(at, height, columns, false, (count) => wholeNumbers(count, MOST_ADDED, unit));
  const a = leftOf(shape.a, depth);
  const b = rightOf(shape.b, depth, format);
  const second = tail && { depth: tail.depth, a: leftOf(tail.a, tail.depth), b: rightOf(tail.b, tail.depth, 'f32') };
  const bias = shape.bias ? addedOf({ stride: columns, offset: 0 }, 1) : null;
  const rest = residual && addedOf(residual);
  const out = addedOf(shape.out);
  let kernel = '';
  try {
    gemm.reserve(format);
    await recorder.watch(
      (call) => (kernel = call.kernel.name),
      () => {
        gemm.run({
          kind,
          rows,
          columns,
          depth,
          alpha: ALPHA,
          a: a.matrix,
          b: { ...b.matrix, f16 },
          out: out.matrix,
          ...(second && { tail: { depth: second.depth, a: second.a.matrix, b: second.b.matrix } }),
          ...(bias && { bias: bias.matrix.tensor }),
          ...(rest && { residual: rest.matrix }),
          accumulate,
        });
        return Promise.resolve();
      },
    );
    recorder.submit();
    const [data] = await readFloats(memory, [{ tensor: out.matrix.tensor, elements: out.view.data.length }]);
    const expected: Expected = {
      products: [{ a: a.view, b: b.view }, ...(second ? [{ a: second.a.view, b: second.b.view }] : [])],
      added: [
        ...(bias ? [{ ...bias.view, rows, down: 0 }] : []),
        ...(rest ? [rest.view] : []),
        ...(accumulate ? [out.view] : []),
      ],
    };
    const error = errorOf({ ...out.view, data: data! }, expected) ?? changeAround(out.view, data!);
    if (error !== null) throw new WrongProductError(kernel, shape, error);
  } finally {
    for (const { tensor, scales } of made) {
      memory.free(tensor);
      if (scales !== undefined) memory.free(scales);
    }
  }
}

/** The largest error of an element, as `WrongProductError` has it; null if no vector of signs finds one. */
function errorOf(got: View, expected: Expected): number | null {
  const sides = [
    { got, expected },
    { got: transposed(got), expected: transposedOf(expected) },
  ];
  for (const [side, { got: c, expected: what }] of sides.entries()) {
    const other = sides[1 - side]!;
    for (let vector = 0; vector < SIGNS; vector++) {
      const signs = Float64Array.from({ length: c.columns }, () => 2 * wholeNumber(0, 1) - 1);
      const is = times(c, signs);
      const wanted = expectedTimes(what, signs);
      const wrong = [...is.keys()].filter((row) => is[row] !== wanted[row]).slice(0, SHOWN);
      if (wrong.length > 0) return Math.max(...wrong.map((row) => rowError(other.got, other.expected, row)));
    }
  }
  return null;
}

/** Wrong rows of which the largest error is looked for. */
const SHOWN = 16;

/** The same of one column. */
function rowError(got: View, expected: Expected, column: number): number {
  const one = new Float64Array(got.columns);
  one[column] = 1;
  const is = times(got, one);
  const wanted = expectedTimes(expected, one);
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), Number.MIN_VALUE);
  return is.reduce(
    (most, value, at) => (Number.isFinite(value) ? Math.max(most, Math.abs(value - wanted[at]!) / scale) : Infinity),
    0,
  );
}

/**
 * The largest change of a number that does not belong to C, relative to the numbers that were there; null if
 * none has changed.
 */
function changeAround({ data, offset, rows, columns, down }: View, got: Float32Array): number | null {
  let most: number | null = null;
  const compare = (begin: number, end: number): void => {
    for (let at = begin; at < end; at++) {
      if (got[at] !== data[at]) most = Math.max(most ?? 0, Math.abs(got[at]! - data[at]!) / MOST_ADDED);
    }
  };
  compare(0, offset);
  for (let row = 0; row < rows; row++) {
    const next = offset + (row + 1) * down;
    compare(next - down + columns, Math.min(next, data.length));
  }
  return most;
}

function transposedOf({ products, added }: Expected): Expected {
  return { products: products.map(({ a, b }) => ({ a: transposed(b), b: transposed(a) })), added: added.map(transposed) };
}

function expectedTimes({ products, added }: Expected, x: Float64Array): Float64Array {
  const sums = products.map(({ a, b }) => times(a, times(b, x)).map((value) => ALPHA * value));
  const [first, ...others] = [...sums, ...added.map((one) => times(one, x))];
  return first!.map((value, row) => others.reduce((sum, other) => sum + other[row]!, value));
}

/** In float64, which has every whole number up to 2⁵³. */
function times({ data, offset, rows, columns, down, across }: View, x: Float64Array): Float64Array {
  const y = new Float64Array(rows);
  if (across === 1) {
    for (let row = 0; row < rows; row++) {
      const begin = offset + row * down;
      let sum = 0;
      for (let column = 0; column < columns; column++) sum += data[begin + column]! * x[column]!;
      y[row] = sum;
    }
    return y;
  }
  for (let column = 0; column < columns; column++) {
    const begin = offset + column * across;
    const factor = x[column]!;
    for (let row = 0; row < rows; row++) y[row]! += data[begin + row]! * factor;
  }
  return y;
}
