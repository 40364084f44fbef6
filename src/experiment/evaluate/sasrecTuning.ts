/**
 * How the trained baseline is tuned on validation targets: when a training stops, which state is kept, and
 * which rate is best. Pure.
 */
import { DivergedError } from '../train/diverged';

/** Evaluations of a training, evenly spaced. */
export const SASREC_EVALUATIONS = 20;
/** So many evaluations in a row without a higher HR@10 end a training. */
const PATIENCE = 3;
/**
 * Validation targets, at most and no more than test targets are ranked: an HR@10 of 10 % has an interval of ±
 * 1.9 points.
 */
export const SASREC_TARGETS = 1000;
export const SASREC_K = 10;

/**
 * Steps after which a training of that many steps is evaluated, the last included; after every step if there
 * are fewer than evaluations.
 */
export function evaluatedAfter(most: number): number[] {
  const n = Math.min(SASREC_EVALUATIONS, most);
  return Array.from({ length: n }, (_, k) => Math.round(((k + 1) * most) / n));
}

/** A training at one rate. */
export interface RateTraining<State> {
  /** Trains until that many steps have been taken. @throws DivergedError */
  readonly to: (step: number) => Promise<void>;
  /** HR@10 on the validation targets. */
  readonly judge: () => Promise<number>;
  /** A copy of what is ranked. */
  readonly keep: () => Promise<State>;
}

/** The best evaluation at one rate. */
interface Tried {
  readonly rate: number;
  /** Steps before it; 0 if the loss stopped being a number before the first. */
  readonly step: number;
  readonly hr: number;
}

export interface BestState<State> {
  /** In the order of the rates. */
  readonly tried: readonly Tried[];
  /** Index of the best. */
  readonly chosen: number;
  /** Its state at its best evaluation. */
  readonly state: State;
}

/**
 * Trains at one rate after the other. The earlier evaluation wins a tie, and the earlier rate.
 * @param steps after which a training is evaluated, the last of which ends it
 * @throws DivergedError if no rate got as far as an evaluation
 */
export async function bestState<State>(
  rates: readonly number[],
  steps: readonly number[],
  begin: (rate: number) => RateTraining<State>,
): Promise<BestState<State>> {
  const tried: Tried[] = [];
  let kept: { readonly hr: number; readonly chosen: number; readonly state: State } | null = null;
  let diverged: DivergedError | null = null;
  for (const rate of rates) {
    const training = begin(rate);
    let best: Omit<Tried, 'rate'> | null = null;
    let since = 0;
    try {
      for (const step of steps) {
        await training.to(step);
        const hr = await training.judge();
        if (best === null || hr > best.hr) {
          best = { step, hr };
          since = 0;
          if (kept === null || hr > kept.hr) kept = { hr, chosen: tried.length, state: await training.keep() };
        } else if (++since === PATIENCE) break;
      }
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      diverged ??= error;
    }
    tried.push({ rate, ...(best ?? { step: 0, hr: 0 }) });
  }
  if (kept === null) throw diverged ?? new RangeError('no rate was tried');
  return { tried, chosen: kept.chosen, state: kept.state };
}
