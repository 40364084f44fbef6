/**
 * A short search over learning rates, before the first full run on a log: which rates, on what, and what came
 * of it. Pure.
 */
import { gridSchema, type GridSpec } from '../../experiment/grid/gridSpec';
import { gridMatrix, type DivergedCells } from '../../experiment/grid/matrix';
import type { GridPlan } from '../../experiment/grid/plan';
import type { CellResult } from '../../experiment/grid/results';
import type { RunSpec } from '../../recipe/runSpec';
import { t } from '../../words/words';

/** Rates that are tried, relative to the recipe's. */
const FACTORS = [0.5, 1, 2];
/** Share of the recipe's steps that each is trained for. */
const SHARE = 1 / 3;
const FEWEST_STEPS = 60;
/**
 * Evaluated at the end: on all sampled targets, of which rates are judged by the validation ones, and on few
 * others.
 */
const EVALUATION = {
  evaluations: 1,
  finalUsers: 64,
  texts: 4,
  prompts: '',
  probes: 1,
  probeSteps: 0,
  sasrecSteps: 0,
  watch: 'validation',
};

/** The recipe's first arm at three rates, on a part of its steps. */
export function rateSearch(spec: RunSpec): GridSpec {
  const { learningRate, steps } = spec.training;
  return gridSchema.parse({
    name: t('Search over learning rates'),
    base: {
      ...spec,
      training: { ...spec.training, steps: Math.min(steps, Math.max(FEWEST_STEPS, Math.round(SHARE * steps))) },
      evaluation: { ...spec.evaluation, ...EVALUATION },
    },
    arms: spec.arms.slice(0, 1),
    seeds: [spec.seed],
    tune: { rates: FACTORS.map((factor) => Number((factor * learningRate).toPrecision(3))), k: RATE_K },
  });
}

/** Rates are judged by HR at this list length. */
export const RATE_K = 10;

export interface RateFound {
  readonly rate: number;
  /** HR on validation targets, by rate; null where the loss stopped being a number. */
  readonly tried: readonly { readonly rate: number; readonly hr: number | null }[];
}

/** Null until all rates have been tried, and if none can be used. */
export function rateFound(plan: GridPlan, results: ReadonlyMap<string, CellResult>, diverged: DivergedCells): RateFound | null {
  const rate = gridMatrix(plan, results, [], null, diverged)[0]?.rate ?? null;
  if (rate === null) return null;
  const tried = plan.cells.map((cell) => ({
    rate: cell.rate ?? 0,
    hr: results.get(cell.key)?.summary.watched[`hr@${RATE_K}`] ?? null,
  }));
  return { rate, tried: tried.sort((a, b) => a.rate - b.rate) };
}
