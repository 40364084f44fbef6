/**
 * JS@50 of the lists of arms and baselines, on one sample of the final targets. Definitions: docs/metrics.md.
 */
import { placesIn, sampleUsers } from '../../log/sampling';
import type { Target } from '../../log/types';
import { scoreBlock, unitRows, USERS_AT_ONCE } from '../../measures/ranking/featureScores';
import { itemsOf, listOfBest } from '../../measures/ranking/bestItems';
import { OVERLAP_K, overlaps, summariseOverlap, type TargetLikeness } from '../../measures/fidelity/semanticOverlap';
import type { RunSpec } from '../../recipe/runSpec';
import type { PreparedData } from '../prepare/preparedData';
import { inSlices } from '../prepare/slices';

/**
 * Maximum number of targets, and of products (targets × items × width) that finding their neighbours may
 * take.
 */
const MOST_TARGETS = 512;
const MOST_PRODUCTS = 1e9;
/** Minimum number of targets, whatever the cost. */
const LEAST_TARGETS = 32;

export class OverlapSample {
  private constructor(
    private readonly targets: readonly TargetLikeness[],
    /** Indices of the sampled targets among the final ones. */
    private readonly places: readonly number[],
    private readonly tokens: readonly ReadonlySet<number>[],
    private readonly seed: number,
  ) {}

  /**
   * Finds the items nearest to each target by the cosine of their features, itself among them; masked like
   * retrieved items.
   * @param finals test targets of the final evaluation @param features [items, width], standardised
   */
  static async of(
    data: PreparedData,
    finals: readonly Target[],
    features: { readonly values: Float32Array; readonly width: number },
    spec: RunSpec,
  ): Promise<OverlapSample> {
    const { log } = data;
    const { width } = features;
    const count = log.items.length;
    const affordable = Math.floor(MOST_PRODUCTS / (count * width));
    const targets = sampleUsers(finals, Math.min(MOST_TARGETS, Math.max(LEAST_TARGETS, affordable)), spec.seed);
    const items = targets.map(({ user, position }) => log.events.item(user, position));
    const unit = unitRows(features.values, count, width);
    const likeness: TargetLikeness[] = [];
    const queries = new Float64Array(USERS_AT_ONCE * width);
    const cosines = new Float64Array(USERS_AT_ONCE * count);
    await inSlices(targets.length, (index) => {
      const row = index % USERS_AT_ONCE;
      if (row === 0) {
        const group = items.slice(index, index + USERS_AT_ONCE);
        queries.fill(0);
        for (const [at, of] of group.entries()) queries.set(unit.subarray(of * width, (of + 1) * width), at * width);
        scoreBlock(cosines, queries, unit, group.length, count, width);
      }
      const item = items[index]!;
      const masked = new Set(spec.evaluation.maskHistory ? data.historyOf(targets[index]!) : []);
      masked.delete(item);
      const nearest = listOfBest(count, (other) => (masked.has(other) ? null : cosines[row * count + other]!), OVERLAP_K);
      likeness.push({ item, nearest: new Set(nearest) });
    });
    const places = placesIn(finals, targets)!;
    // EOS, which all texts have, does not make them similar.
    const tokens = Array.from(data.texts, (text) => new Set(text.slice(0, -1)));
    return new OverlapSample(likeness, places, tokens, spec.seed);
  }

  /** @param top best items for every final target, as in `TargetRanking` @param listed number per target */
  measure(top: Uint32Array, listed: number): ReturnType<typeof summariseOverlap> {
    const lists = this.places.map((at) => itemsOf(top.subarray(at * listed, at * listed + Math.min(OVERLAP_K, listed))));
    return summariseOverlap(overlaps(lists, this.targets, this.tokens), this.seed);
  }
}
