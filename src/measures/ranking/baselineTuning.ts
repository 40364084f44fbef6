/**
 * Tuning of the baselines that need no training: settings are tried in a fixed order, as many as the recipe
 * allows, on validation targets, and the one with the best HR@10 ranks the test targets. Arms whose rates are
 * tuned are compared with baselines that had as many trials.
 */
import type { BaselineTuning } from '../../record/runRecord';
import { rankBaselineInTurns, rankedBaselines, type BaselineInput, type BaselineOptions } from './baselines';
import {
  EASE_TRIALS,
  NEIGHBOUR_TRIALS,
  POPULARITY_TRIALS,
  TUNED_BASELINES,
  USUAL_SETTINGS,
  type BaselineSettings,
} from './baselineSettings';

/**
 * The most validation targets on which settings are tried, and never more than test targets are ranked. At an
 * HR@10 of 10 % the interval is ± 1.3 points.
 */
export const TUNING_TARGETS = 2000;
const K = 10;

export interface TunedBaselines {
  readonly settings: BaselineSettings;
  /** Of the baselines that are ranked. */
  readonly tuning: Readonly<Partial<Record<keyof BaselineSettings, BaselineTuning>>>;
}

const TRIALS: { readonly [Id in keyof BaselineSettings]: readonly BaselineSettings[Id][] } = {
  itemKnn: NEIGHBOUR_TRIALS,
  ease: EASE_TRIALS,
  popularity: POPULARITY_TRIALS,
};

/**
 * @param input its targets are those of validation
 * @param trials settings to try of each baseline
 * @param onProgress called with settings tried so far, of all baselines, and in all
 */
export async function tuneBaselines(
  input: BaselineInput,
  options: BaselineOptions,
  trials: number,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<TunedBaselines> {
  const ranked = new Set<string>(rankedBaselines(input, true));
  const ids = TUNED_BASELINES.filter((id) => ranked.has(id));
  let found: TunedBaselines = { settings: USUAL_SETTINGS, tuning: {} };
  for (const [before, id] of ids.entries()) {
    const report = (done: number): void => {
      onProgress(before * trials + done, ids.length * trials);
    };
    const { best, tuning } = await tuned(input, options, id, TRIALS[id].slice(0, trials), report);
    found = { settings: { ...found.settings, [id]: best }, tuning: { ...found.tuning, [id]: tuning } };
  }
  return found;
}

/** The best setting, the earlier one in a tie. */
async function tuned<Id extends keyof BaselineSettings>(
  input: BaselineInput,
  options: BaselineOptions,
  id: Id,
  trials: readonly BaselineSettings[Id][],
  onProgress: (done: number) => void,
): Promise<{ readonly best: BaselineSettings[Id]; readonly tuning: BaselineTuning }> {
  const tried: { setting: Record<string, number>; hr: number }[] = [];
  for (const setting of trials) {
    const own = { ...options, listed: 1, settings: { ...USUAL_SETTINGS, [id]: setting } };
    const { ranks } = await rankBaselineInTurns(id, { ...input, pools: null }, own, (share) => {
      onProgress(tried.length + share);
    });
    const hits = ranks.reduce((sum, rank) => sum + Number(rank <= K), 0);
    tried.push({ setting: { ...setting }, hr: ranks.length === 0 ? 0 : hits / ranks.length });
  }
  const chosen = tried.reduce((best, { hr }, i) => (hr > tried[best]!.hr ? i : best), 0);
  return { best: trials[chosen]!, tuning: { targets: input.targets.length, k: K, tried, chosen } };
}
