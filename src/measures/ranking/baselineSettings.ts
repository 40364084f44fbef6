/** What can be tuned of the baselines that need no training. Definitions: docs/metrics.md. */

export interface NeighbourSettings {
  /** Number of neighbours kept per item. */
  readonly neighbours: number;
  /** Added to the denominator: similarities that rest on few users shrink most. */
  readonly shrink: number;
}

export interface PopularitySettings {
  /** Share of the training events that count, the newest. */
  readonly share: number;
}

export interface BaselineSettings {
  readonly itemKnn: NeighbourSettings;
  readonly popularity: PopularitySettings;
}

/** RecBole's defaults; all training events. */
export const USUAL_SETTINGS: BaselineSettings = { itemKnn: { neighbours: 100, shrink: 0 }, popularity: { share: 1 } };

/** RecBole's defaults first; fewer and more neighbours before more of the shrinkage. */
export const NEIGHBOUR_TRIALS: readonly NeighbourSettings[] = [
  [100, 0],
  [20, 0],
  [100, 10],
  [500, 0],
  [20, 10],
  [500, 10],
  [100, 100],
  [20, 100],
  [500, 100],
].map(([neighbours, shrink]) => ({ neighbours: neighbours!, shrink: shrink! }));
/** All training events, then the newest half, quarter, …. */
export const POPULARITY_TRIALS: readonly PopularitySettings[] = NEIGHBOUR_TRIALS.map((_, i) => ({ share: 2 ** -i }));
/** As many settings of each as can be tried. */
export const MOST_TRIALS = NEIGHBOUR_TRIALS.length;

/** A recorded setting in words, as in a sentence. */
export function settingWords(id: keyof BaselineSettings, setting: Readonly<Record<string, number>>): string {
  if (id === 'popularity')
    return setting.share === 1 ? 'all training events' : `the newest 1/${1 / setting.share!} of the training events`;
  return `${setting.neighbours} neighbours an item and ${setting.shrink === 0 ? 'no shrinkage' : `a shrinkage of ${setting.shrink}`}`;
}
