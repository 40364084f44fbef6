/**
 * One experiment from loaded model and log to a finished record: prepares, then trains the arms in turn, step by step, on the
 * same batches, evaluating as it goes. Page and CLI run this very code; it reports through worker events.
 */
import packageJson from '../../package.json';
import { sampleUsers } from '../log/sampling';
import { checkProtocol } from '../measures/ranking/protocol';
import { finalTargets } from '../measures/ranking/userSample';
import { summariseLog } from '../log/summary';
import type { Target } from '../log/types';
import type { ReadLog } from '../log/readLog';
import { Engine } from '../engine/engine';
import type { Arm } from '../engine/arm';
import { embeddingStatistics, softTokenScale } from '../engine/decoder/embeddingStatistics';
import { initialParameters } from '../engine/parameters';
import { readTrainedArm, type TrainedArm } from '../engine/trainedArm';
import type { Gpu } from '../gpu/device';
import { deviceRoom } from '../gpu/deviceRoom';
import type { CatalogueFeatures } from '../model/decoderConfig';
import type { LoadedModel } from '../model/loadedModel';
import { write } from '../gpu/tensor';
import { modelSummary } from '../model/loadModel';
import type { Certification, RunRecord, StorageError } from '../record/runRecord';
import { withPrecision, type Precision, type RunSpec } from '../recipe/runSpec';
import type { RunEvent, StageProgress } from '../record/runEvents';
import { Baselines } from './baselineRecord';
import { catalogueFeatures, type FeatureStore } from './catalogueFeatures';
import { DecodabilityProbe, type TrainedProbe } from './decodability';
import { DivergedError } from './diverged';
import { featureWidth } from './featureTables';
import { DoesNotFitError, forecastMemory } from './forecastMemory';
import { inferenceCost } from './inferenceCost';
import { chooseDriftTexts, Measure } from './measure';
import { OverlapSample } from './overlap';
import { prepareData, type PreparedData } from './preparedData';
import { candidatePools, drawPools, storedPools } from './pools';
import { chooseProbes } from './probes';
import { addToRecord, emptyArm, type RecordEvent } from './record';
import { trainSasrec, type TrainedBaseline } from './sasrec';
import { startParameters, type StartAdapter } from './startAdapter';
import { Stepper } from './stepper';
import { storageError } from './storageError';
import { TargetRankings } from './targetRankings';
import { compileAll, sampleSize } from './warmUp';

export interface ExperimentInputs {
  readonly gpu: Gpu;
  readonly spec: RunSpec;
  readonly model: LoadedModel;
  readonly certification: Certification;
  readonly data: Omit<ReadLog, 'findings'>;
  readonly store: FeatureStore;
  /** Asked before every step: whether it is to be profiled. */
  readonly profiled: () => boolean;
  /** Calls off what comes before the first step; from then on the gate does. */
  readonly signal?: AbortSignal | undefined;
  /** The adapter that the recipe starts from, where it names one. */
  readonly start?: StartAdapter | null;
  /** Called with what the arms have learned, when they have taken their last step or are stopped. */
  readonly onTrained?: (arms: readonly TrainedArm[]) => void;
  /** Called with every probe decoder that has been trained, on an arm or (null) on the untrained model. */
  readonly onProbed?: (arm: string | null, probe: TrainedProbe) => void;
  /** Called when training begins. */
  readonly onTraining?: (training: Training) => void;
}

/** What can be asked of a run between its steps. */
export interface Training {
  /** The recipe, its precision chosen. */
  readonly spec: RunSpec;
  readonly data: PreparedData;
  readonly features: CatalogueFeatures;
  /** The base model with the heads of the recipe's seed: what all arms start from, unless they start from an adapter. */
  readonly initial: Pick<TrainedArm, 'layout' | 'flat'>;
  /** What the arms have learned so far; not to be asked once they have taken their last step or are stopped. */
  readonly read: () => Promise<readonly TrainedArm[]>;
}

/** Asked before every step of the arms: resolves when it may run, with `stop` when the run is to end. */
export type Gate = () => Promise<'go' | 'stop'>;

interface Runner {
  readonly arm: Arm;
  seconds: number;
}

/**
 * Runs to the last step, or until the gate says stop.
 * @throws DivergedError, ProtocolError, RangeError (a log too small to train on), DoesNotFitError, the signal's reason, and what the GPU throws.
 */
export async function runExperiment(inputs: ExperimentInputs, emit: (event: RunEvent) => void, gate: Gate): Promise<RunRecord> {
  const { gpu, spec: asked, model } = inputs;
  const { log, split } = inputs.data;
  checkProtocol(asked, { log, split });
  const progress = (stage: StageProgress['stage'], note: string, done = 0, total = 0): void => {
    emit({ type: 'progress', progress: { stage, note, done, total } });
  };
  progress('log', 'Tokenising item texts');
  const { signal } = inputs;
  const data = await prepareData(log, split, model, asked, {
    onProgress: (done, total) => {
      progress('log', 'Tokenising item texts', done, total);
    },
    signal,
  });
  const width = featureWidth(asked, model.config, log);
  const forecast = forecastMemory(
    model.config,
    asked,
    { items: log.items.length, ...data, featureWidth: width },
    deviceRoom(gpu.device),
  );
  const spec = withPrecision(asked, forecast.precision);
  emit({ type: 'memory', ...forecast });
  if (forecast.problem !== null) throw new DoesNotFitError(forecast.problem);
  const features = await catalogueFeatures(gpu, model, log, spec, inputs.store, {
    onProgress: (report) => {
      emit({ type: 'progress', progress: report });
    },
    signal,
  });
  const storage = await storedError({ ...inputs, spec }, forecast.precision, data, progress);
  const { finals, watched } = targetsOf(data, spec, width);
  const pools = candidatePools(data, spec);
  if (pools)
    await drawPools(pools, finals, {
      onProgress: (...at) => {
        progress('baselines', 'Drawing candidate pools', ...at);
      },
      signal,
    });
  const rankings = new TargetRankings(data, spec, pools);
  const sasrec = await trainedBaseline({ ...inputs, spec }, data, [...new Set([...finals, ...watched])], rankings, progress);
  const batchSize = data.batch(0, spec.arms[0]!).length;
  const engine = await Engine.create(gpu, {
    config: model.config,
    weights: model.weights,
    features,
    items: log.items.length,
    titleTokens: data.titleTokens,
    spec: { ...spec, training: { ...spec.training, batchSize } },
    maxExposed: data.maxExposed,
    maxQueryTokens: data.maxQueryTokens,
  });
  try {
    const embedding = await embeddingStatistics(model.weights, model.config);
    const initial = initialParameters(engine.layout, model.config, embedding, spec);
    const begin = startParameters(inputs.start ?? null, spec, model.config, engine.layout, initial);
    const runners = spec.arms.map((arm): Runner => ({ arm: engine.createArm(arm, begin), seconds: 0 }));
    const probes = chooseProbes(data, spec.evaluation.probes, spec.seed, engine.packOptions(false), model.tokenizer);
    const measure = new Measure(engine, data, probes, spec, model.tokenizer, rankings);
    const first = runners[0]!.arm;
    // Arms that start from an adapter are not the base model.
    const untrained = begin === initial ? first : engine.createArm(first.spec, initial, 0);

    const arms = runners.map(({ arm }) => arm);
    const warmUp = { engine, data, measure, arms, spec, watched, progress };
    // Baselines keep the processor busy while the driver compiles; they are done before anything is timed.
    let compiled = false;
    const overlapping = OverlapSample.of(data, finals, { values: features.hidden, width }, spec);
    const baselines = new Baselines(data, finals, features.hidden, width, spec, rankings, (done, total) => {
      if (compiled) progress('baselines', 'Ranking with the baselines', done, total);
    });
    await compileAll(warmUp);
    compiled = true;
    await baselines.ready();
    const overlap = await overlapping;
    const sample = sampleUsers(watched, await sampleSize(warmUp), spec.seed);
    const probing =
      spec.evaluation.probeSteps > 0
        ? new DecodabilityProbe({
            ...{ engine, data, measure, probes, spec, finals },
            scale: softTokenScale(model.config, embedding),
          })
        : null;
    await probing?.setBase(untrained, (done, total) => {
      progress('warm-up', 'Reading histories for the probe decoder', done, total);
    });
    const base = await measure.setBase(untrained);
    const record: RunRecord = {
      format: 'karma-run',
      version: 1,
      createdAt: new Date().toISOString(),
      appVersion: packageJson.version,
      adapter: gpu.adapter,
      spec,
      data: summariseLog(spec.data.id, inputs.data),
      model: modelSummary(model),
      ...inputs.certification,
      probes: [...probes.described],
      baselines: await baselines.summarise({ sample, overlap }, sasrec),
      ...(pools && { pools: storedPools(pools, spec, finals, sample) }),
      base: {
        sinks: base.sinks,
        attention: base.snapshot,
        lmNll: base.lmNll,
        ...(begin !== initial && { userSinks: (await measure.rank(untrained, sample)).userSinks }),
        ...(storage === null ? {} : { storage }),
      },
      projection: await measure.setPlane(first, sample),
      ...(begin !== initial && { start: { name: inputs.start!.name, hash: inputs.start!.hash, heads: inputs.start!.heads } }),
      arms: spec.arms.map(({ id }) => emptyArm(id)),
      complete: false,
    };
    emit({ type: 'started', record: structuredClone(record) });
    const tell = (event: RecordEvent): void => {
      addToRecord(record, event);
      emit(event);
    };

    const evaluate = async (runner: Runner, population: 'sample' | 'all'): Promise<void> => {
      const targets = population === 'all' ? finals : sample;
      const { label } = runner.arm.spec;
      const measured = await measure.evaluate(runner.arm, {
        population,
        targets,
        onProgress: (done) => {
          progress('evaluation', `${label} on ${population === 'all' ? 'all' : 'sampled'} users`, done, targets.length);
        },
        seconds: runner.seconds,
        decode: population === 'all' || !gpu.adapter.fallback,
        ...(population === 'all' && { overlap }),
      });
      tell({ type: 'evaluation', arm: runner.arm.spec.id, ...measured });
    };

    // All arms start from the same parameters: what holds for one at step 0 holds for all.
    const start = await measure.evaluate(first, {
      population: 'sample',
      targets: sample,
      onProgress: (done) => {
        progress('evaluation', 'All arms before their first step', done, sample.length);
      },
      seconds: 0,
      decode: false,
    });
    for (const { id } of spec.arms) tell({ type: 'evaluation', arm: id, ...start });

    const read = async (): Promise<readonly TrainedArm[]> => {
      const trained: TrainedArm[] = [];
      for (const { arm } of runners) trained.push(await readTrainedArm(engine, arm));
      return trained;
    };
    const keep = async (): Promise<void> => inputs.onTrained?.(await read());
    inputs.onTraining?.({ spec, data, features, initial: { layout: engine.layout, flat: initial }, read });
    const evaluateAt = evaluationSteps(spec);
    const stepper = new Stepper(engine, inputs.profiled, (arm, profile) => {
      tell({ type: 'profile', arm, profile });
    });
    for (let step = 0; step < spec.training.steps; step++) {
      if ((await gate()) === 'stop') {
        stepper.report();
        await keep();
        return record;
      }
      for (const runner of runners) {
        const { arm } = runner;
        const started = performance.now();
        const result = await stepper.step(arm, data.batch(step, arm.spec));
        runner.seconds += (performance.now() - started) / 1000;
        if (!Number.isFinite(result.total) || !Number.isFinite(result.gradNorm))
          throw new DivergedError(`arm ${arm.spec.id}`, step + 1);
        const columns = { ...result, step: arm.step, seconds: runner.seconds, examples: arm.step * batchSize };
        tell({ type: 'step', arm: arm.spec.id, columns });
      }
      if (evaluateAt.has(step + 1)) for (const runner of runners) await evaluate(runner, 'sample');
    }
    stepper.report();
    await keep();
    for (const runner of runners) await evaluate(runner, 'all');
    const probed = await probing?.measureAll(arms, {
      gate,
      progress: (note, done, total) => {
        progress('evaluation', note, done, total);
      },
      onFidelity: (of, fidelity, probe) => {
        tell({ type: 'fidelity', of, fidelity });
        if (of !== 'control') inputs.onProbed?.(of === 'untrained' ? null : of.arm, probe);
      },
    });
    if (probed === false) return record;
    const inference = await inferenceCost({
      engine,
      evaluator: measure.evaluator,
      data,
      spec,
      targets: finals,
      arms,
      restart: () => {
        write(gpu.device, arms[0]!.flat, initial);
      },
      features: features.hidden,
      width,
      k: Math.max(1, rankings.listed),
      onProgress: (done, total) => {
        progress('inference', 'Timing requests', done, total);
      },
    });
    tell({ type: 'inference', inference });
    tell({ type: 'finished' });
    return record;
  } finally {
    engine.destroy();
  }
}

interface RankedTargets {
  /** Test targets of the final evaluation and of the baselines. */
  readonly finals: readonly Target[];
  /** Those that the sample is drawn from which the curves follow: of the final ones, so that baselines are ranked once, or of validation. */
  readonly watched: readonly Target[];
}

function targetsOf({ log, split }: PreparedData, { evaluation, seed }: RunSpec, width: number): RankedTargets {
  const { finalUsers, sampleUsers: asked, watch, sasrecSteps } = evaluation;
  const most = finalTargets({ targets: split.test.length, items: log.items.length, width });
  const finals = sampleUsers(split.test, finalUsers === 'auto' ? most : finalUsers, seed);
  if (watch === 'test') return { finals, watched: finals };
  // The trained baseline ranks whatever may be watched.
  const enough = asked === 'auto' ? finals.length : asked;
  return { finals, watched: sasrecSteps > 0 ? sampleUsers(split.validation, enough, seed) : split.validation };
}

/** The SASRec-size model's ranks, where the recipe asks for them; it is gone from the GPU before the run's own model comes. */
async function trainedBaseline(
  { gpu, spec, signal }: ExperimentInputs,
  data: PreparedData,
  targets: readonly Target[],
  rankings: TargetRankings,
  progress: (stage: StageProgress['stage'], note: string, done: number, total: number) => void,
): Promise<TrainedBaseline | null> {
  if (spec.evaluation.sasrecSteps === 0) return null;
  const total = spec.evaluation.sasrecSteps;
  progress('id-model', 'Starting from random weights', 0, total);
  const onStep = (done: number, loss: number): void => {
    progress('id-model', `Action loss ${loss.toFixed(3)}`, done, total);
  };
  return trainSasrec(gpu, data, spec, { targets, rankings }, { onStep, signal });
}

/** What fewer bits cost the model; null where weights are stored in f32. */
async function storedError(
  { gpu, model, spec }: ExperimentInputs,
  precision: Precision,
  data: PreparedData,
  progress: (stage: StageProgress['stage'], note: string) => void,
): Promise<StorageError | null> {
  if (precision === 'f32') return null;
  progress('certificate', `Comparing the model in ${precision} with f32`);
  return storageError(gpu, model, precision, chooseDriftTexts(data, spec.seed));
}

/** Steps after which the sample is evaluated: `evaluations` of them, evenly spread, the last step among them. */
export function evaluationSteps(spec: Pick<RunSpec, 'training' | 'evaluation'>): Set<number> {
  const { steps } = spec.training;
  const wanted = Math.min(spec.evaluation.evaluations, steps);
  return new Set(Array.from({ length: wanted }, (_, index) => Math.round(((index + 1) * steps) / wanted)));
}
