/**
 * The base model is measured, then a step and an evaluation are timed to choose how much is measured. Changes
 * no arm.
 */
import { promptRows } from '../../engine/decoder/sequence';
import type { Target } from '../../log/types';
import type { Arm } from '../../engine/arm';
import type { Engine } from '../../engine/engine';
import { usersWithinBudget } from '../../measures/ranking/userSample';
import type { ExpectedTimes, MeasuringCut } from '../../record/runRecord';
import type { PreparedRun, ReportProgress } from '../prepare/preparedRun';
import type { ArmRunners } from '../train/arms';
import { probeRows } from './decodability';
import { fewestRequests } from './inferenceCost';
import type { ArmEvaluator } from './measure';
import {
  cutMeasuring,
  secondsForMeasuring,
  uncutAmount,
  uncutSeconds,
  type MeasuringPlan,
  type MeasuringTimes,
} from './measuringPlan';
import type { Targets } from './targets';
import { t } from '../../words/words';

/** What is timed. */
export interface Timed {
  readonly run: PreparedRun;
  readonly engine: Engine;
  readonly arms: Pick<ArmRunners, 'runners' | 'untrained'>;
  readonly targets: Targets;
  readonly measure: ArmEvaluator;
  readonly progress: ReportProgress;
  /** When the run began, in milliseconds of `performance.now()`. */
  readonly began: number;
}

/** Number of users on whom the cost of an evaluation is measured. */
const TIMED_USERS = 32;

/** What a run measures, and the times from which that was chosen: null unless the model is large. */
export interface MeasuringExtent {
  readonly sample: number;
  readonly finals: number;
  readonly probe: boolean;
  readonly expected: ExpectedTimes | null;
  /** Null if nothing is cut. */
  readonly cut: MeasuringCut | null;
}

/**
 * Ranks a few users: the first pass may take longer than others.
 */
export async function firstPass({ engine, arms, targets, measure, progress }: Timed): Promise<void> {
  progress('warm-up', t('Measuring the base model'));
  await measure.rank(arms.runners[0]!.arm, targets.watched.slice(0, engine.microBatch));
}

/** What to measure of a small model: as much as the recipe asks. */
export async function measureAll(timed: Timed): Promise<MeasuringExtent> {
  return { sample: await sampleSize(timed), finals: timed.targets.finals.length, probe: true, expected: null, cut: null };
}

/**
 * What to measure of a large one, whose base model's measures are taken then: so much that training takes
 * half of the run, if that is less.
 */
export async function chooseMeasured(timed: Timed): Promise<MeasuringExtent> {
  const { run, arms, targets, measure, progress } = timed;
  const { spec } = run;
  const { finals, watched } = targets;
  progress('warm-up', t('Timing a step and an evaluation'));
  const steps = await stepSeconds(timed);
  const training = spec.training.steps * Object.values(steps).reduce((sum, seconds) => sum + seconds, 0);
  const times = await measuringTimes(timed, training);
  const { sampleUsers, finalUsers, evaluations, texts } = spec.evaluation;
  const sizes = {
    arms: arms.runners.length,
    steps: spec.training.steps,
    evaluations: Math.min(evaluations, spec.training.steps),
    sample: sampleUsers === 'auto' ? null : sampleUsers,
    texts,
    watched: watched.length,
    finals: finals.length,
    finalsGiven: finalUsers !== 'auto',
  };
  const plan = cutMeasuring(times, sizes);
  const uncut = uncutSeconds(times, sizes, plan.sample) + times.probe <= secondsForMeasuring(times);
  const chosen: MeasuringPlan = uncut
    ? { ...plan, ...uncutAmount(sizes), evaluations: sizes.evaluations, finals: finals.length, probe: true }
    : plan;
  measure.cut(chosen);
  progress('baselines', t('Measuring the base model'));
  const start = performance.now();
  await measure.setBase(arms.untrained);
  const fixed = secondsSince(start);
  return {
    ...{ sample: chosen.sample, finals: chosen.finals, probe: chosen.probe },
    expected: { steps, evaluation: fixed + chosen.sample * times.user, final: chosen.finals * times.user },
    cut: uncut ? null : cutOf(chosen, { targets: finals.length, evaluations: sizes.evaluations, probe: times.probe > 0 }),
  };
}

function cutOf(
  { finals, texts, tokens, orders, probe, evaluations }: MeasuringPlan,
  asked: { readonly targets: number; readonly evaluations: number; readonly probe: boolean },
): MeasuringCut {
  const fewer = evaluations < asked.evaluations && { evaluations };
  return { finals, targets: asked.targets, texts, tokens, orders, probeLeftOut: asked.probe && !probe, ...fewer };
}

async function measuringTimes(timed: Timed, training: number): Promise<MeasuringTimes> {
  const { run, engine, arms, targets, measure, began } = timed;
  const { data, spec } = run;
  const { runners } = arms;
  const { watched, finals } = targets;
  const some = watched.slice(0, engine.microBatch);
  const start = performance.now();
  await measure.rank(runners[0]!.arm, some);
  const ranked = secondsSince(start);
  const options = engine.packOptions(false);
  const rows = some.reduce((sum, target) => sum + promptRows(data.exampleFor(target), options), 0);
  const [row, user] = [ranked / rows, ranked / some.length];
  const { map, text, token } = measure.rows;
  const ofProbe = probeRows(spec, { history: rows / some.length, microBatch: engine.microBatch, finals: finals.length });
  return {
    training,
    other: secondsSince(began) + fewestRequests(runners.length, some.length) * user,
    ...{ map: map * row, text: text * row, token: token * row, probe: ofProbe * row },
    user,
  };
}

/** Seconds of one step, by arm. */
async function stepSeconds({ run, engine, arms }: Timed): Promise<Record<string, number>> {
  const seconds: Record<string, number> = {};
  for (const { arm } of arms.runners) {
    const start = performance.now();
    await engine.trainStep(arm, run.data.batch(0, arm.spec), { update: false });
    seconds[arm.spec.id] = secondsSince(start) * arm.spec.updates;
  }
  return seconds;
}

/**
 * Number of users evaluated during training: as requested, or as many as keep evaluation under a tenth of the
 * run.
 */
async function sampleSize(timed: Timed): Promise<number> {
  const { run, arms, targets, measure, progress } = timed;
  const { spec } = run;
  const { runners } = arms;
  const { watched } = targets;
  if (spec.evaluation.sampleUsers !== 'auto') return Math.min(spec.evaluation.sampleUsers, watched.length);
  progress('warm-up', t('Timing a step and an evaluation'));
  // The first step may cost more than the next; all of an evaluation was used to measure the base model.
  await stepSeconds(timed);
  const steps = Object.values(await stepSeconds(timed));
  const { ranking, fixed, users } = await evaluateOnce(measure, runners[0]!.arm, watched);
  return usersWithinBudget({
    stepSeconds: steps.reduce((sum, seconds) => sum + seconds, 0),
    steps: spec.training.steps,
    evaluations: spec.evaluation.evaluations + 1,
    evaluationSecondsPerUser: (runners.length * ranking) / users,
    fixedEvaluationSeconds: runners.length * fixed,
    available: watched.length,
  });
}

/** Seconds for ranking some users, and for the part of an evaluation that does not depend on their number. */
async function evaluateOnce(
  measure: ArmEvaluator,
  arm: Arm,
  watched: readonly Target[],
): Promise<{ readonly ranking: number; readonly fixed: number; readonly users: number }> {
  const few = watched.slice(0, TIMED_USERS);
  const start = performance.now();
  await measure.rank(arm, few);
  const ranked = performance.now();
  await measure.fixedAgain(arm);
  return { ranking: (ranked - start) / 1000, fixed: secondsSince(ranked), users: few.length };
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
