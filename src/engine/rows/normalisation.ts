/** Rows divided by max(‖row‖₂, 1e-12), for the cosine similarity. */
import type { Tensor } from '../../gpu/tensor';
import { vectorPrelude, type Context } from '../context';
import type { RowShape } from './rows';

/** x ← x/‖x‖; keeps ‖x‖. */
export function normaliseRows(
  context: Context,
  { rows, size }: RowShape,
  storage: { readonly x: Tensor; readonly norm: Tensor },
): void {
  const kernel = context.kernels.file('normalise_forward', vectorPrelude(size));
  context.recorder.dispatch({ kernel, storage, params: { rows }, threads: rows });
}

/** dy, the gradient of normalised rows y, becomes that of the original rows. */
export function normaliseRowsBackward(
  context: Context,
  { rows, size }: RowShape,
  storage: { readonly y: Tensor; readonly norm: Tensor; readonly dy: Tensor },
): void {
  const kernel = context.kernels.file('normalise_backward', vectorPrelude(size));
  context.recorder.dispatch({ kernel, storage, params: { rows }, threads: rows });
}
