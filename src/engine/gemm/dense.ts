/**
 * A trainable dense layer y = x·Wᵀ (+ b) over whole rows, W [outputs, inputs]: its product, and the two
 * products of its gradient. Calls name the sizes first, then the operands.
 */
import type { Tensor } from '../../gpu/tensor';
import type { Gemm } from './gemm';

export interface DenseSizes {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** y = x·Wᵀ (+ bias) (+ residual). x [rows, inputs]; y and residual [rows, outputs]. */
export function denseForward(
  gemm: Gemm,
  { rows, inputs, outputs }: DenseSizes,
  {
    x,
    w,
    y,
    bias,
    residual,
  }: { readonly x: Tensor; readonly w: Tensor; readonly y: Tensor; readonly bias?: Tensor; readonly residual?: Tensor | null },
): void {
  gemm.run({
    kind: 'NT',
    rows,
    columns: outputs,
    depth: inputs,
    a: { tensor: x, stride: inputs },
    b: { tensor: w, stride: inputs },
    out: { tensor: y, stride: outputs },
    ...(bias === undefined ? {} : { bias }),
    ...(residual == null ? {} : { residual: { tensor: residual, stride: outputs } }),
  });
}

/** dx = dy·W. */
export function denseInputGradient(
  gemm: Gemm,
  { rows, inputs, outputs }: DenseSizes,
  { dy, w, dx }: { readonly dy: Tensor; readonly w: Tensor; readonly dx: Tensor },
): void {
  gemm.run({
    kind: 'NN',
    rows,
    columns: inputs,
    depth: outputs,
    a: { tensor: dy, stride: outputs },
    b: { tensor: w, stride: inputs },
    out: { tensor: dx, stride: inputs },
  });
}

/** dW += dyᵀ·x. */
export function denseWeightGradient(
  gemm: Gemm,
  { rows, inputs, outputs }: DenseSizes,
  { dy, x, dw }: { readonly dy: Tensor; readonly x: Tensor; readonly dw: Tensor },
): void {
  gemm.run({
    kind: 'TN',
    rows: outputs,
    columns: inputs,
    depth: rows,
    a: { tensor: dy, stride: outputs },
    b: { tensor: x, stride: inputs },
    out: { tensor: dw, stride: inputs },
    accumulate: true,
  });
}
