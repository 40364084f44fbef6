/**
 * Tuning of the baselines that need no training: settings are tried in a fixed order, as many as the recipe allows, on validation targets, and
 * the one with the best HR@10 ranks the test targets. Arms whose rates are tuned are compared with baselines that had as many trials.
 */
import type { BaselineTuning } from '../../record/runRecord';
import { rankBaselineInTurns, type BaselineInput, type BaselineOptions } from './baselines';
import { NEIGHBOUR_TRIALS, POPULARITY_TRIALS, USUAL_SETTINGS, type BaselineSettings } from './baselineSettings';

/** Validation targets on which settings are tried, at most and no more than test targets are ranked: an HR@10 of 10 % has an interval of ± 1.3 points. */
export const TUNING_TARGETS = 2000;
const K = 10;

export interface TunedBaselines {
  readonly settings: BaselineSettings;
  readonly itemKnn: BaselineTuning;
  readonly popularity: BaselineTuning;
}

/**
 * @param input its targets are those of validation
 * @param trials settings to try of each baseline
 */
export async function tuneBaselines(input: BaselineInput, options: BaselineOptions, trials: number): Promise<TunedBaselines> {
  const itemKnn = await tuned(input, options, 'itemKnn', NEIGHBOUR_TRIALS.slice(0, trials));
  const popularity = await tuned(input, options, 'popularity', POPULARITY_TRIALS.slice(0, trials));
  return {
    settings: { itemKnn: itemKnn.best, popularity: popularity.best },
    itemKnn: itemKnn.tuning,
    popularity: popularity.tuning,
  };
}

/** The best setting, the earlier one in a tie. */
async function tuned<Id extends keyof BaselineSettings>(
  input: BaselineInput,
  options: BaselineOptions,
  id: Id,
  trials: readonly BaselineSettings[Id][],
): Promise<{ readonly best: BaselineSettings[Id]; readonly tuning: BaselineTuning }> {
  const tried: { setting: Record<string, number>; hr: number }[] = [];
  for (const setting of trials) {
    const own = { ...options, listed: 1, settings: { ...USUAL_SETTINGS, [id]: setting } };
    const { ranks } = await rankBaselineInTurns(id, { ...input, pools: null }, own);
    const hits = ranks.reduce((sum, rank) => sum + Number(rank <= K), 0);
    tried.push({ setting: { ...setting }, hr: ranks.length === 0 ? 0 : hits / ranks.length });
  }
  const chosen = tried.reduce((best, { hr }, i) => (hr > tried[best]!.hr ? i : best), 0);
  return { best: trials[chosen]!, tuning: { targets: input.targets.length, k: K, tried, chosen } };
}
