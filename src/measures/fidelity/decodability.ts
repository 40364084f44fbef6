/** Decodability gain from the NLLs of single texts, and the scale on which a probe decoder reads embeddings. Definitions: docs/metrics.md. */
import type { Decodability, Fidelity } from '../../record/runRecord';
import { bootstrapMean } from '../../statistics/comparison';
import { mean } from '../../statistics/statistics';

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
export function standardise(x: Float32Array, { mean: centre, scale }: Standardisation): Float32Array {
  return x.map((value, i) => (value - centre[i % centre.length]!) * scale[i % centre.length]!);
}

/**
 * NLL(y | ∅) − NLL(y | h) over all targets, those that occurred in training and those that did not.
 * @param nll nats per token of every target's text, given h @param empty the same without h @param cold 1 if the target is cold
 */
export function decodabilityBySplit(
  nll: Float64Array,
  empty: Float64Array,
  cold: ArrayLike<number>,
  seed: number,
): Pick<Fidelity, 'all' | 'warm' | 'cold'> {
  const over = (keep: (target: number) => boolean): Decodability => {
    const [given, without] = [nll, empty].map((values) => values.filter((_, target) => keep(target)));
    if (given!.length === 0) return { n: 0, nll: 0, empty: 0, gain: 0, gainInterval: null };
    const gains = without!.map((value, target) => value - given![target]!);
    return {
      n: gains.length,
      nll: mean(given!),
      empty: mean(without!),
      gain: mean(gains),
      gainInterval: bootstrapMean(gains, { seed }),
    };
  };
  return { all: over(() => true), warm: over((target) => cold[target] === 0), cold: over((target) => cold[target] === 1) };
}
