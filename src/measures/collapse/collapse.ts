/** Dimensional collapse of a set of embeddings, Float32Array [rows, size]. Definitions: docs/metrics.md. */
import { symmetricEigenvalues } from '../../statistics/eigenvalues';
import { meanRow, rowCount, scatter } from './scatter';

/** Variance below this share of the mean square is float32 rounding: the rows are the same row. */
const ROUNDING = 1e-12;
const RANKME_EPSILON = 1e-7;
/** Significant digits of the stored singular values. */
const SPECTRUM_DIGITS = 4;

/** How a set of embeddings fills its space. */
export interface CollapseMeasures {
  readonly rankMe: number;
  readonly participation: number;
  readonly uniformity: number;
  readonly meanCosine: number;
  /**
   * Singular values of the centred rows over the largest, descending, four significant digits; empty without
   * variance.
   */
  readonly spectrum: readonly number[];
}

/** All measures at once; the spectrum is computed once. */
export function collapseMeasures(embeddings: Float32Array, size: number): CollapseMeasures {
  const spectrum = centredSpectrum(embeddings, size);
  const largest = spectrum[0] ?? 0;
  return {
    rankMe: rankMeOf(spectrum),
    participation: participationOf(spectrum),
    uniformity: uniformity(embeddings, size),
    meanCosine: meanOffDiagonalCosine(embeddings, size),
    spectrum: Array.from(spectrum, (value) => Number(Math.sqrt(value / largest).toPrecision(SPECTRUM_DIGITS))),
  };
}

/** By measure ID. */
export function collapseValues(of: Readonly<Record<'interest' | 'item', CollapseMeasures>>): Record<string, number> {
  return {
    rankMeInterest: of.interest.rankMe,
    rankMeItem: of.item.rankMe,
    participationInterest: of.interest.participation,
    participationItem: of.item.participation,
    uniformityInterest: of.interest.uniformity,
    uniformityItem: of.item.uniformity,
    meanCosineInterest: of.interest.meanCosine,
    meanCosineItem: of.item.meanCosine,
  };
}

/**
 * RankMe = exp(−Σ p_k log p_k), p_k = σ_k/‖σ‖₁ + 1e-7, over the min(rows, size) singular values of the rows
 * **after centring** (Garrido et al., ICML 2023, arXiv 2210.02885, which does not centre). Zero-variance
 * input gives 1.
 * @param embeddings [rows, size]
 */
export function rankMe(embeddings: Float32Array, size: number): number {
  return rankMeOf(centredSpectrum(embeddings, size));
}

/**
 * Participation ratio (Σλ)²/Σλ² of the eigenvalues of the covariance, 1 … size. Zero-variance input gives 1.
 */
export function participationRatio(embeddings: Float32Array, size: number): number {
  return participationOf(centredSpectrum(embeddings, size));
}

/**
 * Uniformity log E exp(−2‖x − x'‖²) over pairs of different rows, scaled to length 1 (Wang & Isola, ICML
 * 2020, arXiv 2005.10242): 0 = one point, lower = more spread. More than `maximumRows` rows are thinned
 * evenly. Fewer than two rows give 0.
 */
export function uniformity(embeddings: Float32Array, size: number, maximumRows = 500): number {
  const all = rowCount(embeddings, size);
  const rows = Math.min(all, maximumRows);
  if (rows < 2) return 0;
  const unit = new Float64Array(rows * size);
  for (let r = 0; r < rows; r++) {
    const at = Math.floor((r * all) / rows) * size;
    const scale = 1 / norm(embeddings, at, size);
    for (let k = 0; k < size; k++) unit[r * size + k] = embeddings[at + k]! * scale;
  }
  const product = (i: number, j: number): number => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += unit[i * size + k]! * unit[j * size + k]!;
    return sum;
  };
  // 1, or 0 for a row of zeros.
  const squares = Float64Array.from({ length: rows }, (_, i) => product(i, i));
  let sum = 0;
  for (let i = 1; i < rows; i++) {
    // ‖x − x'‖² = ‖x‖² + ‖x'‖² − 2·x·x'.
    for (let j = 0; j < i; j++) sum += Math.exp(4 * product(i, j) - 2 * (squares[i]! + squares[j]!));
  }
  return Math.log((2 * sum) / (rows * (rows - 1)));
}

/**
 * Mean cosine of all pairs of different rows: (‖Σx̂‖² − Σ‖x̂‖²)/(n(n−1)). Zero rows or fewer than two rows
 * give 1.
 */
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

/**
 * The min(rows, size) largest eigenvalues λ = σ² of the centred scatter matrix, descending; empty when there
 * is no variance.
 */
function centredSpectrum(embeddings: Float32Array, size: number): Float64Array {
  const rows = rowCount(embeddings, size);
  const mean = meanRow(embeddings, size);
  let energy = 0;
  for (const x of embeddings) energy += x * x;
  if (!Number.isFinite(energy)) throw new RangeError('embeddings hold numbers that are not finite');
  // XᵀX and XXᵀ have the same non-zero eigenvalues, so the smaller one is computed.
  const order = Math.min(rows, size);
  const gram = rows < size ? rowGram(embeddings, mean, rows) : scatter(embeddings, mean);
  let trace = 0;
  for (let i = 0; i < order; i++) trace += gram[i * order + i]!;
  if (!(trace > ROUNDING * energy)) return new Float64Array(0);
  return symmetricEigenvalues(gram, order).map((value) => Math.max(0, value));
}

/** Lower triangle of XXᵀ [rows, rows] of the centred rows. */
function rowGram(embeddings: Float32Array, mean: Float64Array, rows: number): Float64Array {
  const size = mean.length;
  const centred = Float64Array.from(embeddings, (x, at) => x - mean[at % size]!);
  const products = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += centred[i * size + k]! * centred[j * size + k]!;
      products[i * rows + j] = sum;
    }
  }
  return products;
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
