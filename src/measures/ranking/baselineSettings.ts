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

export interface EaseSettings {
  /** Added to the diagonal of the Gram matrix. */
  readonly lambda: number;
}

export interface BaselineSettings {
  readonly itemKnn: NeighbourSettings;
  readonly ease: EaseSettings;
  readonly popularity: PopularitySettings;
}

/** RecBole's defaults; all training events. */
export const USUAL_SETTINGS: BaselineSettings = {
  itemKnn: { neighbours: 100, shrink: 0 },
  ease: { lambda: 250 },
  popularity: { share: 1 },
};

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
/** RecBole's default first, then away from it in turns. */
export const EASE_TRIALS: readonly EaseSettings[] = [250, 100, 500, 50, 1000, 25, 2000, 10, 5000].map((lambda) => ({ lambda }));
/** All training events, then the newest half, quarter, …. */
export const POPULARITY_TRIALS: readonly PopularitySettings[] = NEIGHBOUR_TRIALS.map((_, i) => ({ share: 2 ** -i }));
/** Peak learning rates of the trained baseline: Adam's default, then away from it in turns. */
export const SASREC_RATES: readonly number[] = [1e-3, 3e-3, 3e-4, 1e-2, 1e-4];
/** As many settings of each as can be tried. */
export const MOST_TRIALS = NEIGHBOUR_TRIALS.length;

/** Baselines that have something to tune, in the order in which reports name them. */
export const TUNED_BASELINES = ['itemKnn', 'ease', 'popularity'] as const satisfies readonly (keyof BaselineSettings)[];

/** Whether a baseline has something to tune. */
export function isTuned(id: string): id is keyof BaselineSettings {
  return (TUNED_BASELINES as readonly string[]).includes(id);
}

/** A recorded setting in words, as in a sentence. */
export function settingWords(id: keyof BaselineSettings | 'sasrec', setting: Readonly<Record<string, number>>): string {
  if (id === 'popularity')
    return setting.share === 1 ? 'all training events' : `the newest 1/${1 / setting.share!} of the training events`;
  if (id === 'ease') return `λ = ${setting.lambda}`;
  if (id === 'sasrec') return `a peak learning rate of ${setting.learningRate} and ${setting.step} steps`;
  return `${setting.neighbours} neighbours an item and ${setting.shrink === 0 ? 'no shrinkage' : `a shrinkage of ${setting.shrink}`}`;
}
