/** Rows divided by max(‖row‖₂, 1e-12), for the cosine similarity. */
import type { Tensor } from '../../gpu/tensor';
import { dispatchLinear, vectorPrelude, type Context } from '../context';

interface Shape {
  readonly rows: number;
  /** Floats a row. */
  readonly size: number;
}

/** x ← x/‖x‖; keeps ‖x‖. */
export function normaliseRows(context: Context, x: Tensor, norm: Tensor, { rows, size }: Shape): void {
  dispatchLinear(context, context.kernels.file('normalise_forward', vectorPrelude(size)), { x, norm }, { rows }, rows, 16);
}

/** dy, the gradient of normalised rows y, becomes that of the rows as they were. */
export function normaliseRowsBackward(context: Context, y: Tensor, norm: Tensor, dy: Tensor, { rows, size }: Shape): void {
  dispatchLinear(context, context.kernels.file('normalise_backward', vectorPrelude(size)), { y, norm, dy }, { rows }, rows, 16);
}
