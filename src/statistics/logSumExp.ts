/** ln Σ exp(value), without overflow. */
export function logSumExp(values: Float32Array): number {
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}
