/** Second moments of embeddings, Float32Array [rows, size], in float64. */

/** @throws RangeError when the numbers do not form whole rows */
export function rowCount(embeddings: Float32Array, size: number): number {
  const rows = embeddings.length / size;
  if (!Number.isInteger(rows)) throw new RangeError(`${embeddings.length} numbers are not rows of ${size}`);
  return rows;
}

/** Mean row [size]; zeros without rows. */
export function meanRow(embeddings: Float32Array, size: number): Float64Array {
  const rows = rowCount(embeddings, size);
  const mean = new Float64Array(size);
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < size; k++) mean[k]! += embeddings[r * size + k]! / rows;
  }
  return mean;
}

/**
 * Lower triangle of XᵀX [size, size] of the centred rows, accumulated row by row, so that the rows are never
 * all held in float64.
 */
export function scatter(embeddings: Float32Array, mean: Float64Array): Float64Array {
  const size = mean.length;
  const rows = rowCount(embeddings, size);
  const sums = new Float64Array(size * size);
  const row = new Float64Array(size);
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < size; k++) row[k] = embeddings[r * size + k]! - mean[k]!;
    for (let i = 0; i < size; i++) {
      const x = row[i]!;
      const at = i * size;
      for (let j = 0; j <= i; j++) sums[at + j]! += x * row[j]!;
    }
  }
  return sums;
}
