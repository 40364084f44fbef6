/**
 * One experiment from loaded model and log to a finished record: the method's procedure, top to bottom. Page
 * and command line both run this code; it reports through run events.
 */
import { Engine } from '../engine/engine';
import { checkProducts } from '../engine/gemm/checkedProducts';
import type { TrainedArm } from '../engine/trainedArm';
import type { Gpu } from '../gpu/device';
import { FaultLog } from '../gpu/faults';
import type { ReadLog } from '../log/readLog';
import type { RankedLists } from '../measures/ranking/listFiles';
import { checkProtocol } from '../measures/ranking/protocol';
import type { LoadedModel } from '../model/loadedModel';
import { trainableSchema, type RunSpec } from '../recipe/runSpec';
import { addToRecord, changesRecord } from '../record/addToRecord';
import type { RunEvent } from '../record/runEvents';
import type { Certification, RunRecord } from '../record/runRecord';
import type { TrainedProbe } from './evaluate/decodability';
import { evaluateArm, evaluateStart } from './evaluate/evaluateArms';
import { evaluationSteps } from './evaluate/evaluationSteps';
import { inferenceCost } from './evaluate/inferenceCost';
import { ArmEvaluator, type FixedMeasures } from './evaluate/measure';
import { openRecord } from './evaluate/openRecord';
import { storageErrorOf } from './evaluate/storageError';
import { chooseTargets } from './evaluate/targets';
import { trainBaseline } from './evaluate/trainBaseline';
import { warmUp, warmUpAgain, type Measuring } from './evaluate/warmUp';
import { fitMemory } from './forecast/fitMemory';
import { stageReports } from './forecast/stageReports';
import { catalogueFeatures } from './prepare/catalogueFeatures';
import { featureWidth } from './prepare/featureTables';
import { prepareData } from './prepare/preparedData';
import type { PreparedRun, ReportProgress } from './prepare/preparedRun';
import { chooseProbes } from './prepare/probes';
import { runInputs } from './prepare/runInputs';
import type { FeatureStore } from './prepare/storedMeans';
import { readArms, startArms, type ArmRunners } from './train/arms';
import { checkResumable, restoreArms, takeCheckpoint, type TrainingCheckpoint } from './train/checkpoint';
import type { Checkpoints } from './train/checkpoints';
import { compileKernels } from './train/compileKernels';
import type { StartAdapter } from './train/startAdapter';
import { Stepper } from './train/stepper';
import { StepQueue } from './train/stepQueue';
import type { Gate, Training } from './train/training';
import { t } from '../words/words';

export interface ExperimentInputs {
  readonly gpu: Gpu;
  readonly spec: RunSpec;
  readonly model: LoadedModel;
  /**
   * How the model's logits compare with ONNX Runtime's; a function is called once kernels are being compiled,
   * which it leaves the processor for.
   */
  readonly certification: Certification | (() => Promise<Certification>);
  readonly data: Omit<ReadLog, 'findings'>;
  readonly store: FeatureStore;
  /** Called before every step: whether to profile it. */
  readonly profiled: () => boolean;
  /** Cancels the work before the first step; after that the gate does. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How often the cost of a request is measured; default: as often as `inferenceCost` chooses. Once is enough
   * for tests.
   */
  readonly requestRepeats?: number;
  /** The adapter that the recipe starts from, if it names one. */
  readonly start?: StartAdapter | null;
  /** The checkpoint to resume from: its recipe is used, and its record is continued. */
  readonly resume?: TrainingCheckpoint | null;
  /** Where checkpoints go. */
  readonly checkpoints?: Checkpoints | null;
  /** Aborted when the device is lost: whatever the run still does on it, nothing more is reported. */
  readonly lost?: AbortSignal;
  /** Called with the trained arms after their last step, or when they are stopped. */
  readonly onTrained?: (arms: readonly TrainedArm[]) => void;
  /** Called with every arm's best items for the targets of its final evaluation. */
  readonly onListed?: (lists: RankedLists) => void;
  /** Called with every trained probe decoder: of an arm or, with null, of the untrained model. */
  readonly onProbed?: (arm: string | null, probe: TrainedProbe) => void;
  /** Called when training begins, with the run's record, which grows with its steps. */
  readonly onTraining?: (training: Training, record: RunRecord) => void;
}

/**
 * Runs to the last step, or until the gate returns `stop`.
 * @throws ZodError (a recipe that cannot be trained any more), CheckpointError (another model or log than the
 * checkpoint's), DivergedError, ProtocolError, RangeError (a log too small to train on), DoesNotFitError,
 * ModelError, WrongProductError, the signal's reason, and what the GPU throws.
 */
export async function runExperiment(inputs: ExperimentInputs, report: (event: RunEvent) => void, gate: Gate): Promise<RunRecord> {
  const { gpu, model, store, signal, resume, data: read } = inputs;
  const asked = recipeOf(inputs);
  const began = performance.now();
  let record: RunRecord | null = null;
  const tell = (event: RunEvent): void => {
    if (record !== null && changesRecord(event)) addToRecord(record, event);
    if (inputs.lost?.aborted !== true) report(event);
  };
  // Faults of the device from here on.
  const faults = FaultLog.of(gpu.device).watch();
  const reportStage = stageReports(tell);
  const progress: ReportProgress = (stage, note, done = 0, total = 0) => {
    reportStage({ stage, note, done, total });
  };

  // The log, tokenised for the model.
  checkProtocol(asked, read);
  const onTokenised = (done: number, total: number): void => {
    progress('log', t('Tokenising item texts'), done, total);
  };
  onTokenised(0, 0);
  const data = await prepareData(read.log, read.split, model, asked, { onProgress: onTokenised, signal });
  const width = featureWidth(asked, model.config, read.log);

  // Whether it fits the device, and in which precision.
  const spec = fitMemory({ gpu, model, data, spec: asked, width }, (forecast) => {
    tell({ type: 'memory', ...forecast });
  });

  // Kernels are compiled from here on, while the model's certificate is made and the catalogue is read.
  const { compiled, products } = await compileKernels({ gpu, model, data, spec, width }, progress);
  const certification = typeof inputs.certification === 'function' ? await inputs.certification() : inputs.certification;
  const features = await catalogueFeatures(gpu, model, data, spec, store, { onProgress: reportStage, signal });
  const run: PreparedRun = { gpu, model, data, spec, width, features };
  const storage = await storageErrorOf(run, progress);

  // Whether the device computes its products right, while there is room for them.
  await compiled();
  await checkProducts(gpu, products, {
    signal,
    onProgress: (done, total) => {
      progress('compile', t('Checking products of matrices'), done, total);
    },
  });

  // What is ranked, and the baseline that is trained on the same batches; a resumed run has it in its record.
  const { targets, rankings } = await chooseTargets(run, progress, signal);
  const sasrec = resume ? null : await trainBaseline(run, targets, rankings, progress, signal);

  // All the GPU memory of the run except the arms'.
  const built = runInputs({ config: model.config, data, spec, features });
  const engine = await Engine.create(gpu, { ...built, weights: model.weights });
  try {
    const arms = await startArms(engine, run, inputs.start ?? null);
    const probes = chooseProbes(data, spec.evaluation.probes, spec.seed, engine.packOptions(false), model.tokenizer);
    const measure = new ArmEvaluator(engine, data, probes, spec, model.tokenizer, rankings);

    // The base model is measured, baselines are ranked, and what is measured during the run is chosen.
    const onBase = ({ snapshot: attention, sinks, continuations = [] }: FixedMeasures): void => {
      const base = { attention, sinks, continuations: [...continuations] };
      tell({ type: 'base', of: { spec, probes: [...probes.described], base } });
    };
    const warming = { run, engine, arms, probes, targets, rankings, measure, progress, began, onBase };
    let measuring: Measuring;
    if (resume) {
      const { probes: described, base } = resume.record;
      tell({ type: 'base', of: { spec, probes: described, base } });
      measuring = await warmUpAgain(warming, resume);
      restoreArms(engine, arms.runners, resume);
      arms.runners.forEach(({ watch }, at) => {
        watch.remember(resume.record.arms[at]!);
      });
      record = structuredClone(resume.record);
    } else {
      const warm = await warmUp(warming, sasrec);
      const adapter = arms.fromAdapter ? inputs.start! : null;
      measuring = warm.measuring;
      const checked = { products: products.length };
      record = openRecord({ run, read, adapter, certification, checked, storage, probes, rankings, base: measure.base, ...warm });
    }
    tell({ type: 'started', record: structuredClone(record) });

    const batchSize = built.spec.training.batchSize;
    const trained: TrainedRun = { run, engine, arms, measure, measuring, progress, gate, tell };
    if ((await trainArms(trained, inputs, record, batchSize)) === 'stop') return record;
    if ((await finish(trained, inputs, began, rankings.listed)) === 'stop') return record;
    // Whatever the fault, a record that it may have affected is not complete.
    await faults.settled();
    tell({ type: 'finished' });
    return record;
  } finally {
    engine.destroy();
  }
}

/**
 * The recipe that a run has: a resumed one keeps the precision that it chose.
 * @throws CheckpointError, ZodError naming the field
 */
function recipeOf({ spec, resume, model, data }: ExperimentInputs): RunSpec {
  if (resume) checkResumable(resume, { model: model.hash, log: data.log.hash });
  const asked = resume ? resume.record.spec : spec;
  // Some recipes are only in records of earlier versions.
  trainableSchema.parse(asked);
  return asked;
}

/** Arms that are ready to be trained and measured. */
interface TrainedRun {
  readonly run: PreparedRun;
  readonly engine: Engine;
  readonly arms: ArmRunners;
  readonly measure: ArmEvaluator;
  readonly measuring: Measuring;
  readonly progress: ReportProgress;
  readonly gate: Gate;
  /** Adds an event to the record, if it changes it, and reports it. */
  readonly tell: (event: RunEvent) => void;
}

/**
 * The arms in turn, step by step, on the same batches, evaluated along the way.
 * @param batchSize examples per step @returns `stop` if the gate did before the last step @throws
 * DivergedError, and what the GPU throws
 */
async function trainArms(
  { run, engine, arms, measure, measuring, progress, gate, tell }: TrainedRun,
  { spec: asked, resume, checkpoints, profiled, lost, onTraining, onTrained }: ExperimentInputs,
  record: RunRecord,
  batchSize: number,
): Promise<'go' | 'stop'> {
  const { gpu, data, spec, features } = run;
  const { runners, initial } = arms;
  const { sample } = measuring;
  const decode = !gpu.adapter.fallback;
  const readTrained = (): Promise<readonly TrainedArm[]> => readArms(engine, runners);
  const facts = { asked: resume?.asked ?? asked, sampleUsers: sample.length, record };
  const keep = async (): Promise<void> => {
    await checkpoints?.take(() => takeCheckpoint(engine, runners, facts));
  };

  if (!resume) for await (const event of evaluateStart(runners, sample, measure, progress)) tell(event);
  if (lost?.aborted !== true)
    onTraining?.({ spec, data, features, initial: { layout: engine.layout, flat: initial }, read: readTrained }, record);
  const stepper = new Stepper(engine, profiled, (arm, profile) => {
    tell({ type: 'profile', arm, profile });
  });
  const steps = new StepQueue(stepper, data, spec, batchSize, tell);
  const settle = (): Promise<void> => steps.settle();
  const evaluateAt = evaluationSteps(record);
  let answer: 'go' | 'stop' = 'go';
  for (let step = resume?.step ?? 0; step < spec.training.steps; step++) {
    if (checkpoints?.due === true) {
      await settle();
      await keep();
    }
    answer = await gate(settle);
    if (answer === 'stop') break;
    for (const runner of runners) await steps.add(runner, step);
    if (evaluateAt.has(step + 1)) {
      await settle();
      for (const runner of runners)
        tell(await evaluateArm(runner, { population: 'sample', targets: sample, decode }, measure, progress));
    }
  }
  await settle();
  stepper.report();
  await keep();
  const trained = await readTrained();
  if (lost?.aborted !== true) onTrained?.(trained);
  return answer;
}

/**
 * All arms on all users, what their embeddings carry, and what a request costs.
 * @param began when the run began, in milliseconds of `performance.now()` @param listed items per list of a
 * request
 * @returns `stop` if the gate did @throws GpuFaultError and what else the GPU throws
 */
async function finish(
  { run, engine, arms, measure, measuring, progress, gate, tell }: TrainedRun,
  { requestRepeats, lost, onListed, onProbed }: ExperimentInputs,
  began: number,
  listed: number,
): Promise<'go' | 'stop'> {
  const { data, spec, width, features } = run;
  const { runners, untrained, initial } = arms;
  const { finals, overlap, probing } = measuring;
  const trained = runners.map(({ arm }) => arm);
  for (const runner of runners) {
    const listed = (items: Uint32Array): void => {
      if (lost?.aborted !== true) onListed?.({ arm: runner.arm.spec.id, targets: finals, items });
    };
    const on = { population: 'all', targets: finals, decode: true, overlap, onListed: listed } as const;
    tell(await evaluateArm(runner, on, measure, progress));
  }

  const probed = await probing?.measureAll(trained, {
    gate,
    progress: (note, done, total) => {
      progress('evaluation', note, done, total);
    },
    onFidelity: (of, fidelity, probe) => {
      tell({ type: 'fidelity', of, fidelity });
      if (of !== 'control' && lost?.aborted !== true) onProbed?.(of === 'untrained' ? null : of.arm, probe);
    },
  });
  if (probed === false) return 'stop';

  const inference = await inferenceCost({
    engine,
    evaluator: measure.evaluator,
    data,
    spec,
    targets: finals,
    arms: trained,
    restart: () => {
      engine.writeParameters(trained[0]!, initial);
    },
    features: features.hidden,
    width,
    k: Math.max(1, listed),
    began,
    repeats: requestRepeats,
    onProgress: (done, total) => {
      progress('inference', t('Timing requests'), done, total);
    },
  });
  tell({ type: 'inference', inference });

  // The base model's attention on the users on whom the arms were last measured; last of all, since it takes
  // the place of an arm.
  engine.writeParameters(untrained, initial);
  const testSinks = await measure.sinksOf(untrained, finals, (done) => {
    progress('evaluation', t('Base model on all users'), done, finals.length);
  });
  if (testSinks !== null) tell({ type: 'test-sinks', testSinks });
  return 'go';
}
