/**
 * Before the first step: the base model is measured while the baselines rank, and what is measured of the run
 * is chosen. Changes no arm.
 */
import { softTokenScale } from '../../engine/decoder/embeddingStatistics';
import { sampleUsers } from '../../log/sampling';
import type { Target } from '../../log/types';
import { PERMUTATIONS } from '../../measures/sinks/contentTest';
import type { EmbeddingProjection, RunRecord, UserSinks } from '../../record/runRecord';
import type { Probes } from '../prepare/probes';
import type { ArmRunners } from '../train/arms';
import type { TrainingCheckpoint } from '../train/checkpoint';
import { Baselines } from './baselineRecord';
import { DecodabilityProbe } from './decodability';
import type { FixedMeasures } from './measure';
import { isLargeModel } from './measuringPlan';
import { OverlapSample } from './overlap';
import type { TrainedBaseline } from './sasrec';
import type { TargetRankings } from './targetRankings';
import { withFinals } from './targets';
import { chooseMeasured, firstPass, measureAll, type MeasuringExtent, type Timed } from './timing';
import { t } from '../../words/words';

export interface WarmUpInputs extends Timed {
  readonly arms: ArmRunners;
  readonly probes: Probes;
  readonly rankings: TargetRankings;
  /** Called when the base model is measured. */
  readonly onBase: (base: FixedMeasures) => void;
}

/** What evaluations measure, and on whom. */
export interface Measuring {
  /** Targets that are evaluated during training. */
  readonly sample: readonly Target[];
  /** Targets of the final evaluation. */
  readonly finals: readonly Target[];
  readonly overlap: OverlapSample;
  /** Null if the recipe has no probe decoder. */
  readonly probing: DecodabilityProbe | null;
}

/** What a record says before the first step. */
export interface WarmUpRecord extends Pick<MeasuringExtent, 'expected' | 'cut'> {
  readonly baselines: RunRecord['baselines'];
  /**
   * The base model's attention over the users of the sample, if arms start from an adapter: else it is theirs
   * at step 0.
   */
  readonly userSinks: UserSinks | null;
  readonly projection: EmbeddingProjection;
}

/** @param sasrec the trained baseline, if there is one @throws what the GPU throws */
export async function warmUp(
  inputs: WarmUpInputs,
  sasrec: TrainedBaseline | null,
): Promise<{ readonly measuring: Measuring; readonly opening: WarmUpRecord }> {
  const { run, arms, targets, measure, rankings, progress, onBase } = inputs;
  const { model, data, spec, width, features } = run;
  // Baselines use the processor while the device compiles and computes; they finish before anything is timed.
  let alone = false;
  const overlapping = overlapOf(inputs, targets.finals);
  const ranked = new Baselines(data, targets.finals, features.hidden, width, spec, rankings, (note, done, total) => {
    if (alone) progress('baselines', note, done, total);
  });
  const large = isLargeModel(model.config);
  await firstPass(inputs);
  if (!large) {
    await measure.setBase(arms.untrained);
    onBase(measure.base);
  }
  alone = true;
  await ranked.ready();
  const whole = await overlapping;
  const measured = await (large ? chooseMeasured : measureAll)(inputs);
  if (large) onBase(measure.base);
  const { finals, watched } = withFinals(targets, measured.finals, spec.seed);
  const overlap = finals === targets.finals ? whole : await overlapOf(inputs, finals);
  const sample = sampleUsers(watched, measured.sample, spec.seed);
  const probing = measured.probe ? await decodabilityProbe(inputs, finals) : null;
  const baselines = await ranked.summarise({ sample, finals, overlap }, sasrec);
  const userSinks = arms.fromAdapter ? (await measure.rank(arms.untrained, sample)).userSinks : null;
  const projection = await measure.setPlane(arms.runners[0]!.arm, sample);
  const { expected, cut } = measured;
  return { measuring: { sample, finals, overlap, probing }, opening: { expected, cut, baselines, userSinks, projection } };
}

/**
 * For a resumed run: what is in its record is not measured again, except what later measurements are compared
 * with.
 */
export async function warmUpAgain(
  inputs: WarmUpInputs,
  { record, sampleUsers: sampled }: TrainingCheckpoint,
): Promise<Measuring> {
  const { run, arms, measure } = inputs;
  const { seed } = run.spec;
  const { cut } = record;
  const { finals, watched } = withFinals(inputs.targets, cut?.finals ?? Infinity, seed);
  const overlapping = overlapOf(inputs, finals);
  if (cut) measure.cut({ ...cut, orders: cut.orders ?? PERMUTATIONS });
  await firstPass({ ...inputs, targets: { finals, watched } });
  await measure.setBase(arms.untrained);
  const overlap = await overlapping;
  const sample = sampleUsers(watched, sampled, seed);
  const probing = cut?.probeLeftOut ? null : await decodabilityProbe(inputs, finals);
  await measure.setPlane(arms.runners[0]!.arm, sample);
  return { sample, finals, overlap, probing };
}

function overlapOf({ run: { data, features, width, spec } }: WarmUpInputs, finals: readonly Target[]): Promise<OverlapSample> {
  return OverlapSample.of(data, finals, { values: features.hidden, width }, spec);
}

/** Computes the untrained model's embeddings of the histories, before any arm changes. */
async function decodabilityProbe(
  { run, engine, arms, probes, measure, progress }: WarmUpInputs,
  finals: readonly Target[],
): Promise<DecodabilityProbe | null> {
  const { model, data, spec } = run;
  if (spec.evaluation.probeSteps === 0) return null;
  const scale = softTokenScale(model.config, arms.embedding);
  const probing = new DecodabilityProbe({ engine, data, measure, probes, spec, finals, scale });
  await probing.setBase(arms.untrained, (done, total) => {
    progress('warm-up', t('Reading histories for the probe decoder'), done, total);
  });
  return probing;
}
