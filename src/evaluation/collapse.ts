/** Dimensional collapse of a set of embeddings, Float32Array [rows, size]. Definitions: docs/metrics.md. */
import { symmetricEigenvalues } from './eigenvalues';

/** Variance below this share of the mean square is float32 rounding: the rows are the same row. */
const ROUNDING = 1e-12;
const RANKME_EPSILON = 1e-7;

export interface CollapseMeasures {
  readonly rankMe: number;
  readonly participationRatio: number;
  readonly uniformity: number;
  readonly meanCosine: number;
}

/** All measures at once; the spectrum is computed once. */
export function collapseMeasures(embeddings: Float32Array, size: number): CollapseMeasures {
  const spectrum = centredSpectrum(embeddings, size);
  return {
    rankMe: rankMeOf(spectrum),
    participationRatio: participationOf(spectrum),
    uniformity: uniformity(embeddings, size),
    meanCosine: meanOffDiagonalCosine(embeddings, size),
  };
}

/**
 * RankMe = exp(−Σ p_k log p_k), p_k = σ_k/‖σ‖₁ + 1e-7, over the min(rows, size) singular values of the rows **after centring**
 * (Garrido et al., ICML 2023, arXiv 2210.02885, which does not centre). Zero-variance input gives 1.
 * @param embeddings [rows, size]
 */
export function rankMe(embeddings: Float32Array, size: number): number {
  return rankMeOf(centredSpectrum(embeddings, size));
}

/** Participation ratio (Σλ)²/Σλ² of the eigenvalues of the covariance, 1 … size. Zero-variance input gives 1. */
export function participationRatio(embeddings: Float32Array, size: number): number {
  return participationOf(centredSpectrum(embeddings, size));
}

/**
 * Uniformity log E exp(−2‖x − x'‖²) over pairs of different rows, scaled to length 1 (Wang & Isola, ICML 2020,
 * arXiv 2005.10242): 0 = one point, lower = more spread. More than `maximumRows` rows are thinned evenly. Fewer than two rows give 0.
 */
export function uniformity(embeddings: Float32Array, size: number, maximumRows = 2000): number {
  const all = rowCount(embeddings, size);
  const rows = Math.min(all, maximumRows);
  if (rows < 2) return 0;
  const unit = new Float32Array(rows * size);
  for (let r = 0; r < rows; r++) {
    const at = Math.floor((r * all) / rows) * size;
    const scale = 1 / norm(embeddings, at, size);
    for (let k = 0; k < size; k++) unit[r * size + k] = embeddings[at + k]! * scale;
  }
  let sum = 0;
  for (let i = 1; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      let distance = 0;
      for (let k = 0; k < size; k++) {
        const gap = unit[i * size + k]! - unit[j * size + k]!;
        distance += gap * gap;
      }
      sum += Math.exp(-2 * distance);
    }
  }
  return Math.log((2 * sum) / (rows * (rows - 1)));
}

/** Mean cosine of all pairs of different rows: (‖Σx̂‖² − Σ‖x̂‖²)/(n(n−1)). Zero rows or fewer than two rows give 1. */
export function meanOffDiagonalCosine(embeddings: Float32Array, size: number): number {
  const rows = rowCount(embeddings, size);
  const total = new Float64Array(size);
  let own = 0;
  for (let r = 0; r < rows; r++) {
    const at = r * size;
    const scale = 1 / norm(embeddings, at, size);
    for (let k = 0; k < size; k++) {
      const x = embeddings[at + k]! * scale;
      total[k] = total[k]! + x;
      own += x * x;
    }
  }
  if (rows < 2 || own === 0) return 1;
  let square = 0;
  for (const x of total) square += x * x;
  return (square - own) / (rows * (rows - 1));
}

/** Euclidean length, at least 1e-12. */
function norm(values: Float32Array, at: number, size: number): number {
  let square = 0;
  for (let k = at; k < at + size; k++) square += values[k]! * values[k]!;
  return Math.max(Math.sqrt(square), 1e-12);
}

function rowCount(embeddings: Float32Array, size: number): number {
  const rows = embeddings.length / size;
  if (!Number.isInteger(rows)) throw new RangeError(`${embeddings.length} numbers are not rows of ${size}`);
  return rows;
}

/** The min(rows, size) largest eigenvalues λ = σ² of the centred scatter matrix, descending; empty when there is no variance. */
function centredSpectrum(embeddings: Float32Array, size: number): Float64Array {
  const rows = rowCount(embeddings, size);
  const mean = new Float64Array(size);
  let energy = 0;
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < size; k++) {
      const x = embeddings[r * size + k]!;
      mean[k] = mean[k]! + x / rows;
      energy += x * x;
    }
  }
  if (!Number.isFinite(energy)) throw new RangeError('embeddings hold numbers that are not finite');
  const scatter = new Float64Array(size * size);
  const row = new Float64Array(size);
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < size; k++) row[k] = embeddings[r * size + k]! - mean[k]!;
    for (let i = 0; i < size; i++) {
      const x = row[i]!;
      const at = i * size;
      for (let j = 0; j <= i; j++) scatter[at + j] = scatter[at + j]! + x * row[j]!;
    }
  }
  let trace = 0;
  for (let i = 0; i < size; i++) {
    trace += scatter[i * size + i]!;
    for (let j = 0; j < i; j++) scatter[j * size + i] = scatter[i * size + j]!;
  }
  if (!(trace > ROUNDING * energy)) return new Float64Array(0);
  return symmetricEigenvalues(scatter, size)
    .slice(0, Math.min(rows, size))
    .map((value) => Math.max(0, value));
}

function rankMeOf(spectrum: Float64Array): number {
  if (spectrum.length === 0) return 1;
  let total = 0;
  for (const value of spectrum) total += Math.sqrt(value);
  let entropy = 0;
  for (const value of spectrum) {
    const p = Math.sqrt(value) / total + RANKME_EPSILON;
    entropy -= p * Math.log(p);
  }
  return Math.exp(entropy);
}

function participationOf(spectrum: Float64Array): number {
  if (spectrum.length === 0) return 1;
  let sum = 0;
  let squares = 0;
  for (const value of spectrum) {
    sum += value;
    squares += value * value;
  }
  return (sum * sum) / squares;
}
