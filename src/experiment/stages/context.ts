/** What the stages of an experiment share: its inputs, and how it reports. Each stage returns this along with what it adds. */
import type { ReadLog } from '../../log/readLog';
import type { TrainedArm } from '../../engine/trainedArm';
import type { Gpu } from '../../gpu/device';
import { FaultLog, type FaultWatch } from '../../gpu/faults';
import type { CatalogueFeatures } from '../../model/decoderConfig';
import type { LoadedModel } from '../../model/loadedModel';
import type { RunSpec } from '../../recipe/runSpec';
import type { RunEvent, Stage } from '../../record/runEvents';
import type { Certification } from '../../record/runRecord';
import type { Checkpoint } from '../train/checkpoint';
import type { Checkpoints } from '../train/checkpoints';
import type { FeatureStore } from '../prepare/storedMeans';
import type { TrainedProbe } from '../evaluate/decodability';
import type { PreparedData } from '../prepare/preparedData';
import { followStage, stageSecondsLeft, type StageSoFar } from '../forecast/stageTime';
import type { StartAdapter } from '../train/startAdapter';

export interface ExperimentInputs {
  readonly gpu: Gpu;
  readonly spec: RunSpec;
  readonly model: LoadedModel;
  /** How the model's logits compare with ONNX Runtime's; a function is called once kernels are being compiled, which it leaves the processor for. */
  readonly certification: Certification | (() => Promise<Certification>);
  readonly data: Omit<ReadLog, 'findings'>;
  readonly store: FeatureStore;
  /** Called before every step: whether to profile it. */
  readonly profiled: () => boolean;
  /** Cancels the work before the first step; after that the gate does. */
  readonly signal?: AbortSignal | undefined;
  /** How often the cost of a request is measured; default: as often as `inferenceCost` chooses. Once is enough for tests. */
  readonly requestRepeats?: number;
  /** The adapter that the recipe starts from, if it names one. */
  readonly start?: StartAdapter | null;
  /** The checkpoint to resume from: its recipe is used, and its record is continued. */
  readonly resume?: Checkpoint | null;
  /** Where checkpoints go. */
  readonly checkpoints?: Checkpoints | null;
  /** Called with the trained arms after their last step, or when they are stopped. */
  readonly onTrained?: (arms: readonly TrainedArm[]) => void;
  /** Called with every trained probe decoder: of an arm or, with null, of the untrained model. */
  readonly onProbed?: (arm: string | null, probe: TrainedProbe) => void;
  /** Called when training begins. */
  readonly onTraining?: (training: Training) => void;
}

/** What can be requested of a run between its steps. */
export interface Training {
  /** The recipe, with its precision resolved. */
  readonly spec: RunSpec;
  readonly data: PreparedData;
  readonly features: CatalogueFeatures;
  /** The base model with the heads of the recipe's seed: what all arms start from, unless they start from an adapter. */
  readonly initial: Pick<TrainedArm, 'layout' | 'flat'>;
  /** The arms as trained so far; must not be called after their last step, or after they are stopped. */
  readonly read: () => Promise<readonly TrainedArm[]>;
}

/**
 * Called before every step of the arms: resolves when it may run, with `stop` if the run should end. Before it holds a run it calls `settle`, if there
 * is one, which resolves when all steps so far have been reported.
 */
export type Gate = (settle?: () => Promise<void>) => Promise<'go' | 'stop'>;

export type SayProgress = (stage: Stage, note: string, done?: number, total?: number) => void;

/** The first stage's input. `inputs.data` is the log as read; the data stage tokenises it. */
export interface Context {
  readonly inputs: ExperimentInputs;
  readonly emit: (event: RunEvent) => void;
  readonly progress: SayProgress;
  readonly gate: Gate;
  /** Faults of the device during the run. */
  readonly faults: FaultWatch;
  /** When the run was started, as `performance.now()` has it. */
  readonly began: number;
}

export function contextOf(inputs: ExperimentInputs, report: Context['emit'], gate: Gate): Context {
  let stage: StageSoFar | null = null;
  const emit = (event: RunEvent): void => {
    if (event.type !== 'progress') {
      report(event);
      return;
    }
    const now = performance.now();
    stage = followStage(stage, event.progress, now);
    const secondsLeft = stageSecondsLeft(stage, now);
    report(secondsLeft === null ? event : { ...event, progress: { ...event.progress, secondsLeft } });
  };
  const progress: SayProgress = (stage, note, done = 0, total = 0) => {
    emit({ type: 'progress', progress: { stage, note, done, total } });
  };
  return { inputs, emit, progress, gate, faults: FaultLog.of(inputs.gpu.device).watch(), began: performance.now() };
}
