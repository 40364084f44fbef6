/** Losses in jax-js. Arguments are consumed. */
import { nn, numpy as np } from '@jax-js/jax';

/** Mean over rows of −log softmax at the target. */
export function crossEntropy(logits: np.Array, targets: np.Array): np.Array {
  const [, columns = 0] = logits.shape;
  return nn.logSoftmax(logits).mul(nn.oneHot(targets, columns)).sum(-1).mean().neg();
}

/** Rows of length 1. */
export function normalised(x: np.Array): np.Array {
  const length = np.sqrt(np.square(x.ref).sum(-1, { keepdims: true }));
  return x.div(np.maximum(length, 1e-12));
}
