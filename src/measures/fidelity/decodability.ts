/**
 * Decodability gain from the NLLs of single texts, and the scale on which a probe decoder reads embeddings.
 * Definitions: docs/metrics.md.
 */
import type { Fidelity } from '../../record/runRecord';
import { splitId } from '../ranking/splitId';
import { bootstrapMean } from '../../statistics/comparison';
import { mean } from '../../statistics/statistics';

/** Splits of the targets that a probe decoder is measured on. */
export const PROBED_SPLITS = ['all', 'warm', 'cold'] as const;

/** What a probe decoder is measured by, and over how many targets. */
export type ProbeMeasures = Pick<Fidelity, 'counts' | 'values' | 'intervals'>;

/** z = (x − mean)·scale, dimension by dimension. */
export interface Standardisation {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** Variance below this share of the mean square is rounding: such a dimension is constant and becomes 0. */
const LEAST_VARIANCE = 1e-12;

/** Fits mean 0 and variance 1 in every dimension over the rows of x [rows, width]. */
export function fitStandardisation(x: Float32Array, width: number): Standardisation {
  const rows = x.length / width;
  const centre = new Float64Array(width);
  const squares = new Float64Array(width);
  x.forEach((value, i) => {
    centre[i % width]! += value / rows;
  });
  x.forEach((value, i) => {
    squares[i % width]! += (value - centre[i % width]!) ** 2 / rows;
  });
  const scale = squares.map((variance, d) =>
    variance <= LEAST_VARIANCE * (variance + centre[d]! ** 2) ? 0 : 1 / Math.sqrt(variance),
  );
  return { mean: centre, scale };
}

/** Some rows of x [*, width], in the order of `places`: [places, width]. */
export function rowsAt(x: Float32Array, places: readonly number[], width: number): Float32Array {
  const rows = new Float32Array(places.length * width);
  places.forEach((place, row) => {
    rows.set(x.subarray(place * width, (place + 1) * width), row * width);
  });
  return rows;
}

/** z of every row of x [rows, width]. */
export function zScores(x: Float32Array, { mean: centre, scale }: Standardisation): Float32Array {
  return x.map((value, i) => (value - centre[i % centre.length]!) * scale[i % centre.length]!);
}

/** What a probe decoder is measured by: what knowing h saves, and the losses with and without it. */
export interface GainIds {
  readonly gain: string;
  readonly given: string;
  readonly empty: string;
}

/**
 * NLL(y | ∅) − NLL(y | h) over all targets, those that occurred in training and those that did not, by
 * measure ID.
 * @param nll nats per token of every target's text, given h @param empty the same without h @param cold 1 if
 * the target is cold
 */
export function decodabilityBySplit(
  nll: Float64Array,
  empty: Float64Array,
  cold: ArrayLike<number>,
  seed: number,
  ids: GainIds = { gain: 'decodability', given: 'decodedNll', empty: 'emptyNll' },
): ProbeMeasures {
  const found: ProbeMeasures = { counts: {}, values: {}, intervals: {} };
  for (const split of PROBED_SPLITS) {
    const keep = (_: number, target: number): boolean => split === 'all' || (cold[target] === 1) === (split === 'cold');
    const [given, without] = [nll.filter(keep), empty.filter(keep)];
    if (given.length === 0) continue;
    const gains = without.map((value, target) => value - given[target]!);
    const values = { [ids.gain]: mean(gains), [ids.given]: mean(given), [ids.empty]: mean(without) };
    for (const [id, value] of Object.entries(values)) {
      found.counts[splitId(split, id)] = gains.length;
      found.values[splitId(split, id)] = value;
    }
    const interval = bootstrapMean(gains, { seed });
    if (interval !== null) found.intervals[splitId(split, ids.gain)] = interval;
  }
  return found;
}
