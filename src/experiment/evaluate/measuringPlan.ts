/**
 * How much a run measures: as much as its recipe asks, unless training would then take less than half of the
 * run. A real LLM on a software adapter would otherwise be measured for hours after minutes of training.
 * Pure.
 */
import type { DecoderConfig } from '../../model/decoderConfig';
import { parameterCount } from '../../model/decoderTensors';
import { MOST_TEXTS } from '../../recipe/sections/evaluation';
import { PERMUTATIONS } from '../../measures/sinks/contentTest';
import { usersWithinBudget } from '../../measures/ranking/userSample';

/** Seconds, of one arm unless said otherwise. */
export interface MeasuringTimes {
  /** Of all steps of all arms. */
  readonly training: number;
  /**
   * What else the run takes: features, compiling, the fit of heads and so on before this, timed requests
   * after it.
   */
  readonly other: number;
  /** Attention maps of the probe histories, with their items in one order. */
  readonly map: number;
  /** A text of LM drift, and as many texts of the model's domain as there are per such text. */
  readonly text: number;
  /** One more token after every prompt. */
  readonly token: number;
  /** One ranked user. */
  readonly user: number;
  /** The probe decoders of all arms and those that they are compared with. */
  readonly probe: number;
}

export interface MeasuringSizes {
  readonly arms: number;
  readonly steps: number;
  /** Evaluations during training, without the one at step 0. */
  readonly evaluations: number;
  /** Users of the sample if the recipe gives their number, else null. */
  readonly sample: number | null;
  /** Texts of LM drift. */
  readonly texts: number;
  /** Targets that the sample is drawn from. */
  readonly watched: number;
  /** Targets of the final evaluation, and whether the recipe gives their number. */
  readonly finals: number;
  readonly finalsGiven: boolean;
}

/**
 * Texts of LM drift (and at most that many of the model's domain), tokens written after each prompt, and
 * orders of the probe histories' items besides their own.
 */
export interface MeasuringAmount {
  readonly texts: number;
  readonly tokens: number;
  readonly orders: number;
}

export interface MeasuringPlan extends MeasuringAmount {
  readonly sample: number;
  readonly finals: number;
  readonly probe: boolean;
  /** Evaluations during training, without the one at step 0. */
  readonly evaluations: number;
}

/**
 * Parameters from which on a model is large: measuring it may take longer than training. The embedded model
 * has a tenth of that, and is always measured on what the recipe says, however busy the machine is.
 */
const LARGE = 1e7;

/** Whether what is measured of a model is chosen by what it takes, before its base model is measured. */
export function isLargeModel(config: DecoderConfig): boolean {
  return parameterCount(config) >= LARGE;
}

/** Seconds that measuring may take however short the training is. */
export const PATIENCE = 60;
/** What texts, tokens and orders are cut to, step by step. */
const AMOUNTS: readonly MeasuringAmount[] = [
  { texts: MOST_TEXTS, tokens: 16, orders: PERMUTATIONS },
  { texts: 32, tokens: 16, orders: 2 },
  { texts: 32, tokens: 8, orders: 2 },
  { texts: 16, tokens: 8, orders: 1 },
  { texts: 8, tokens: 6, orders: 1 },
];

/** The same for a recipe, which may have fewer texts. */
function amountsOf({ texts }: Pick<MeasuringSizes, 'texts'>): MeasuringAmount[] {
  return AMOUNTS.map((one) => ({ ...one, texts: Math.min(one.texts, texts) }));
}

/** What is measured if nothing is cut. */
export function uncutAmount(sizes: Pick<MeasuringSizes, 'texts'>): MeasuringAmount {
  return amountsOf(sizes)[0]!;
}

// At the end the base model reads the histories of the final targets once, like every arm.

/** Fewest users of the sample, and targets at the end. */
const FEWEST_SAMPLED = 16;
const FEWEST_FINAL = 32;

/**
 * Seconds of everything that would be measured if nothing were cut, without the probe decoders. A sample of
 * unknown size counts as `sampled` users.
 */
export function uncutSeconds(
  times: Pick<MeasuringTimes, 'map' | 'text' | 'token' | 'user'>,
  sizes: Pick<MeasuringSizes, 'arms' | 'evaluations' | 'sample' | 'texts' | 'watched' | 'finals'>,
  sampled = FEWEST_FINAL,
): number {
  const sample = Math.min(sizes.sample ?? sampled, sizes.watched);
  return (
    rounds(sizes) * (fixedSeconds(times, uncutAmount(sizes)) + sample * times.user) + (sizes.arms + 1) * sizes.finals * times.user
  );
}

/** What to measure if all of it would take too long; see docs/metrics.md. */
export function cutMeasuring(times: MeasuringTimes, asked: MeasuringSizes): MeasuringPlan {
  const { user } = times;
  const whole = secondsForMeasuring(times);
  const probe = times.probe <= whole / 2;
  const budget = probe ? whole - times.probe : whole;
  const { amount, evaluations } = affordableAmount(times, asked, budget);
  const sizes = { ...asked, evaluations };
  const { arms, watched, finals, finalsGiven } = sizes;
  const forUsers = budget - rounds(sizes) * fixedSeconds(times, amount);
  const sample = Math.min(watched, sizes.sample ?? sampleWithin(forUsers / 2, times, amount, sizes));
  const left = forUsers - rounds(sizes) * sample * user;
  const affordable = Math.floor(left / ((arms + 1) * user));
  return {
    ...amount,
    evaluations,
    sample,
    finals: finalsGiven || affordable >= finals ? finals : Math.min(finals, Math.max(FEWEST_FINAL, powerOfTwo(affordable))),
    probe,
  };
}

/** Seconds that remain for measuring if training is to take half of the run, but no fewer than `PATIENCE`. */
export function secondsForMeasuring({ training, other }: MeasuringTimes): number {
  return Math.max(PATIENCE, training - other);
}

/**
 * Texts, tokens and orders that take no more than half of those seconds, or the fewest; then, if even with
 * the fewest users all evaluations would take longer than that, as many as do not.
 */
function affordableAmount(
  times: MeasuringTimes,
  asked: MeasuringSizes,
  seconds: number,
): { readonly amount: MeasuringAmount; readonly evaluations: number } {
  const amounts = amountsOf(asked);
  const amount = amounts.find((one) => rounds(asked) * fixedSeconds(times, one) <= seconds / 2) ?? amounts.at(-1)!;
  const forRounds = seconds - (asked.arms + 1) * FEWEST_FINAL * times.user;
  const each = fixedSeconds(times, amount) + (asked.sample ?? FEWEST_SAMPLED) * times.user;
  let { evaluations } = asked;
  while (evaluations > 1 && rounds({ ...asked, evaluations }) * each > forRounds) evaluations--;
  return { amount, evaluations };
}

/** Users that keep evaluation under a tenth of the run, but no more than `seconds` allow. */
function sampleWithin(seconds: number, times: MeasuringTimes, amount: MeasuringAmount, sizes: MeasuringSizes): number {
  const { arms, steps, evaluations, watched } = sizes;
  const tenth = usersWithinBudget({
    stepSeconds: times.training / steps,
    steps,
    evaluations: evaluations + 1,
    evaluationSecondsPerUser: arms * times.user,
    fixedEvaluationSeconds: arms * fixedSeconds(times, amount),
    available: watched,
  });
  return Math.max(FEWEST_SAMPLED, Math.min(tenth, Math.floor(seconds / (rounds(sizes) * times.user))));
}

function fixedSeconds(
  { map, text, token }: Pick<MeasuringTimes, 'map' | 'text' | 'token'>,
  { texts, tokens, orders }: MeasuringAmount,
): number {
  return (1 + orders) * map + texts * text + tokens * token;
}

/** Evaluations of single arms on the sample: one before the first step for all, then each arm's. */
export function rounds({ arms, evaluations }: Pick<MeasuringSizes, 'arms' | 'evaluations'>): number {
  return 1 + arms * evaluations;
}

/** The largest power of two up to `value`, so that equal devices choose equal numbers; 0 below 1. */
function powerOfTwo(value: number): number {
  return value < 1 ? 0 : 2 ** Math.floor(Math.log2(value));
}
