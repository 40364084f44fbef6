/** Rows of floats on the GPU, moved and added up. Calls name the shape first, then their operands. */
import type { Dispatch } from '../../gpu/recorder';
import type { Tensor } from '../../gpu/tensor';
import { elementPrelude, vectorPrelude, vectorWidth, type Context } from '../context';

/** [rows, size]: rows of `size` floats each, one after another. `size` is even. */
export interface RowShape {
  readonly rows: number;
  readonly size: number;
}

/** Number of vectors that hold them. */
export function vectorsOf({ rows, size }: RowShape): number {
  return (rows * size) / vectorWidth(size);
}

/** Queues a kernel with one thread for each vector of the rows. */
export function dispatchRows(
  context: Context,
  name: string,
  shape: RowShape,
  call: Pick<Dispatch, 'storage'> & Partial<Pick<Dispatch, 'params'>>,
): void {
  context.recorder.dispatch({
    kernel: context.kernels.file(name, vectorPrelude(shape.size)),
    storage: call.storage,
    params: call.params ?? { rows: shape.rows },
    threads: vectorsOf(shape),
  });
}

/** The operands of a gather or scatter: one index for each row of the shape. */
interface Indexed {
  readonly x: Tensor;
  readonly index: Tensor;
  readonly out: Tensor;
}

/** out[i] = x[index[i]]. */
export function gatherRows(context: Context, shape: RowShape, { x, index, out }: Indexed): void {
  dispatchRows(context, 'gather_rows', shape, { storage: { index, x, out } });
}

/** out[first + i] = x[i]. */
export function copyRows(
  context: Context,
  shape: RowShape,
  { x, out, first }: { readonly x: Tensor; readonly out: Tensor; readonly first: number },
): void {
  dispatchRows(context, 'copy_rows', shape, { storage: { x, out }, params: { rows: shape.rows, first } });
}

/** out[index[i]] += x[i]; indices are distinct. */
export function scatterAddRows(context: Context, shape: RowShape, { x, index, out }: Indexed): void {
  dispatchRows(context, 'scatter_add_rows', shape, { storage: { index, rows_in: x, x: out } });
}

/** out[at + c] += Σ x[index[first + i], c] over the shape's rows; `size` may be odd. */
export function sumRows(
  context: Context,
  { rows, size }: RowShape,
  {
    x,
    index,
    first = 0,
    out,
    at = 0,
  }: { readonly x: Tensor; readonly index: Tensor; readonly first?: number; readonly out: Tensor; readonly at?: number },
): void {
  context.recorder.dispatch({
    kernel: context.kernels.file('sum_rows'),
    storage: { index, x, out },
    params: { first, count: rows, width: size, at },
    threads: size,
  });
}

/**
 * out[to] = mean of x[first] … x[first + count − 1], 0 of none, over spans (first, count, to, –): the shape's
 * rows.
 */
export function meanRows(
  context: Context,
  shape: RowShape,
  { x, span, out }: { readonly x: Tensor; readonly span: Tensor; readonly out: Tensor },
): void {
  dispatchRows(context, 'mean_rows', shape, { storage: { span, x, out }, params: { spans: shape.rows } });
}

/** The same of rows x[index[first]] …, plus `again` times the last of them. */
export function meanSeenRows(
  context: Context,
  shape: RowShape,
  { x, index, span, out, again }: Indexed & { readonly span: Tensor; readonly again: number },
): void {
  dispatchRows(context, 'mean_seen', shape, { storage: { span, index, x, out }, params: { spans: shape.rows, again } });
}

/** out[i] += x[i] for the first `count` floats. */
export function addTo(context: Context, count: number, { x, out }: { readonly x: Tensor; readonly out: Tensor }): void {
  const { prelude, width } = elementPrelude(count);
  const vectors = count / width;
  context.recorder.dispatch({
    kernel: context.kernels.file('add', prelude),
    storage: { x, out },
    params: { count: vectors },
    threads: vectors,
  });
}

/** The operands of an inner product, and where it is added: out[slot]. */
interface InnerProduct {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly out: Tensor;
  readonly slot?: number;
  readonly factor?: number;
  /** How many neighbouring x each y counts for. */
  readonly repeat?: number;
}

/** out[slot] += factor·Σ x[i]·y[i / repeat] over the first `count` floats of x. */
export function addInnerProduct(
  { kernels, recorder }: Context,
  count: number,
  { x, y, out, slot = 0, factor = 1, repeat = 1 }: InnerProduct,
): void {
  const kernel = kernels.file('inner_product');
  recorder.dispatch({ kernel, storage: { x, y, out }, params: { count, repeat, slot, factor }, workgroups: [1, 1, 1] });
}

/** x[i] = value for the first `count` floats. */
export function fill(context: Context, x: Tensor, count: number, value = 0): void {
  context.recorder.dispatch({ kernel: context.kernels.file('fill'), storage: { x }, params: { count, value }, threads: count });
}
