/** Stage 9: the base model is measured while the baselines rank, what is measured is chosen, and the record is opened. Changes no arm. */
import { fileStorage } from '../../engine/decoder/matrixFormats';
import packageJson from '../../../package.json';
import { heldOut } from '../../log/restrictTraining';
import { sampleUsers } from '../../log/sampling';
import { summariseLog } from '../../log/summary';
import type { Target } from '../../log/types';
import { softTokenScale } from '../../engine/decoder/embeddingStatistics';
import { modelSummary } from '../../model/loadModel';
import { PERMUTATIONS } from '../../measures/sinks/contentTest';
import type { RunRecord } from '../../record/runRecord';
import { easeLeftOut } from '../../measures/ranking/ease';
import { Baselines } from '../evaluate/baselineRecord';
import { restoreArms, type Checkpoint } from '../train/checkpoint';
import { DecodabilityProbe } from '../evaluate/decodability';
import { OverlapSample } from '../evaluate/overlap';
import { isLargeModel } from '../evaluate/measuringPlan';
import { storedPools } from '../evaluate/pools';
import { addToRecord, emptyArm, type RecordEvent } from '../../record/addToRecord';
import type { ArmsContext } from './arms';
import { chooseMeasured, firstPass, measureAll, type Measured } from './timing';
import { t } from '../../words/words';

export interface TrainingContext extends ArmsContext {
  /** Targets that are evaluated during training. */
  readonly sample: readonly Target[];
  readonly overlap: OverlapSample;
  /** Null if the recipe has no probe decoder. */
  readonly probing: DecodabilityProbe | null;
  readonly record: RunRecord;
  /** Adds an event to the record and reports it. */
  readonly tell: (event: RecordEvent) => void;
}

/** @throws what the GPU throws */
export async function warmUp(context: ArmsContext): Promise<TrainingContext> {
  const { resume } = context.inputs;
  return resume ? goOn(context, resume) : begin(context);
}

async function begin(context: ArmsContext): Promise<TrainingContext> {
  const { data, spec, width, features, finals, rankings, sasrec, progress } = context;
  // Baselines use the processor while the device compiles and computes; they finish before anything is timed.
  let alone = false;
  const overlapping = OverlapSample.of(data, finals, { values: features.hidden, width }, spec);
  const baselines = new Baselines(data, finals, features.hidden, width, spec, rankings, (note, done, total) => {
    if (alone) progress('baselines', note, done, total);
  });
  const large = isLargeModel(context.inputs.model.config);
  await firstPass(context);
  if (!large) await context.measure.setBase(context.untrained);
  alone = true;
  await baselines.ready();
  const whole = await overlapping;
  const measured = await (large ? chooseMeasured : measureAll)(context);
  const fewer = withFinals(context, measured.finals);
  const overlap =
    fewer === context ? whole : await OverlapSample.of(data, fewer.finals, { values: features.hidden, width }, spec);
  const sample = sampleUsers(fewer.watched, measured.sample, spec.seed);
  const probing = measured.probe ? await decodabilityProbe(fewer) : null;
  const record = await openRecord(fewer, sample, measured, () =>
    baselines.summarise({ sample, finals: fewer.finals, overlap }, sasrec),
  );
  return started(fewer, { sample, overlap, probing, record });
}

/** The same with fewer test targets in the final evaluation; the sample is drawn from these, if it is of test targets. */
function withFinals<Of extends ArmsContext>(context: Of, most: number): Of {
  const { finals, watched, spec } = context;
  if (most >= finals.length) return context;
  const fewer = sampleUsers(finals, most, spec.seed);
  return { ...context, finals: fewer, watched: watched === finals ? fewer : watched };
}

/** What is in the record is not measured again, except what later measurements are compared with. */
async function goOn(resumed: ArmsContext, checkpoint: Checkpoint): Promise<TrainingContext> {
  const { cut } = checkpoint.record;
  const context = withFinals(resumed, cut?.finals ?? resumed.finals.length);
  const { engine, data, spec, width, features, finals, watched, runners, measure, untrained } = context;
  const overlapping = OverlapSample.of(data, finals, { values: features.hidden, width }, spec);
  if (cut) measure.cut({ ...cut, orders: cut.orders ?? PERMUTATIONS });
  await firstPass(context);
  await measure.setBase(untrained);
  const overlap = await overlapping;
  const sample = sampleUsers(watched, checkpoint.sampleUsers, spec.seed);
  const probing = cut?.probeLeftOut ? null : await decodabilityProbe(context);
  await measure.setPlane(runners[0]!.arm, sample);
  restoreArms(engine, runners, checkpoint);
  runners.forEach(({ watch }, at) => {
    watch.remember(checkpoint.record.arms[at]!);
  });
  return started(context, { sample, overlap, probing, record: structuredClone(checkpoint.record) });
}

function started(
  context: ArmsContext,
  parts: Pick<TrainingContext, 'sample' | 'overlap' | 'probing' | 'record'>,
): TrainingContext {
  const { record } = parts;
  context.emit({ type: 'started', record: structuredClone(record) });
  const tell = (event: RecordEvent): void => {
    addToRecord(record, event);
    context.emit(event);
  };
  return { ...context, ...parts, tell };
}

/** Computes the untrained model's embeddings of the histories, before any arm changes. */
async function decodabilityProbe(context: ArmsContext): Promise<DecodabilityProbe | null> {
  const { inputs, spec, embedding, untrained, progress } = context;
  if (spec.evaluation.probeSteps === 0) return null;
  const probing = new DecodabilityProbe({ ...context, scale: softTokenScale(inputs.model.config, embedding) });
  await probing.setBase(untrained, (done, total) => {
    progress('warm-up', t('Reading histories for the probe decoder'), done, total);
  });
  return probing;
}

/** The record before the first step, with base model and baselines. */
async function openRecord(
  context: ArmsContext,
  sample: readonly Target[],
  { expected, cut }: Measured,
  summariseBaselines: () => Promise<RunRecord['baselines']>,
): Promise<RunRecord> {
  const { inputs, data, spec, measure, untrained, runners, probes, pools, finals, begin, initial, storage } = context;
  const { gpu, model, start } = inputs;
  const { base } = measure;
  const tooLarge = easeLeftOut(data, spec.evaluation.baselineTrials > 1);
  const fromAdapter = begin !== initial;
  const stored = fileStorage(model.config);
  return {
    format: 'karma-run',
    version: 1,
    createdAt: new Date().toISOString(),
    appVersion: packageJson.version,
    adapter: gpu.adapter,
    spec,
    data: {
      ...summariseLog(spec.data.id, { ...inputs.data, split: data.split }),
      ...(spec.data.heldOutCategories > 0 && { heldOut: heldOut(data.log, spec.data.heldOutCategories) }),
    },
    model: modelSummary(model),
    ...context.certification,
    probes: [...probes.described],
    baselines: await summariseBaselines(),
    ...(tooLarge && { easeLeftOut: tooLarge }),
    ...(pools && { pools: storedPools(pools, spec, finals, sample) }),
    base: {
      sinks: base.sinks,
      attention: base.snapshot,
      lmNll: base.lmNll,
      ...(base.continuations && { continuations: [...base.continuations] }),
      ...(base.domainNll !== null && { domainNll: base.domainNll }),
      ...(fromAdapter && { userSinks: (await measure.rank(untrained, sample)).userSinks ?? undefined }),
      ...(storage === null ? {} : { storage }),
      ...(spec.model.precision === 'file' && stored.length > 0 && { fileStorage: stored }),
    },
    projection: await measure.setPlane(runners[0]!.arm, sample),
    ...(fromAdapter && { start: { name: start!.name, hash: start!.hash, heads: start!.heads } }),
    ...(expected && { expected }),
    ...(cut && { cut }),
    arms: spec.arms.map(({ id }) => emptyArm(id)),
    complete: false,
  };
}
