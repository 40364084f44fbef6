/** What an experiment reports while it runs; the worker passes it on to the page, the CLI prints it. */
import type { RunSpec } from '../recipe/runSpec';
import type { MemoryForecast } from './memoryPlan';
import type { Profile } from './profile';
import type {
  ArmRecord,
  AttentionSnapshot,
  Evaluation,
  Fidelity,
  Inference,
  RunRecord,
  RunWarning,
  UserSinks,
} from './runRecord';

/** Stages that are distinguished for the waiting user. */
export type RunStage =
  | 'device'
  | 'download'
  | 'cache'
  | 'log'
  | 'compile'
  | 'certificate'
  | 'features'
  | 'id-model'
  | 'warm-up'
  | 'baselines'
  | 'evaluation'
  | 'inference';

export interface StageProgress {
  readonly stage: RunStage;
  /** What is being done, in one line. */
  readonly note: string;
  /** Units done, and their total (bytes for downloads, items for features); 0/0 when unknown. */
  readonly done: number;
  readonly total: number;
  /** Seconds left for this stage; absent if unknown. */
  readonly secondsLeft?: number;
  /** With `download` and `cache`: how far each file of the model is. */
  readonly transfer?: Transfer;
}

/** A model's files in transfer. */
export interface Transfer {
  readonly model: string;
  /** In the order in which they were requested. */
  readonly files: readonly FileTransfer[];
  /** Bytes per second over the network in the last seconds; null while unknown. */
  readonly bytesPerSecond: number | null;
  /** Seconds left for the current file at that speed. */
  readonly secondsLeft: number | null;
}

export interface FileTransfer {
  readonly file: string;
  readonly done: number;
  /** 0 while unknown. */
  readonly total: number;
  /** `cache`: stored by the browser, or a local file. */
  readonly origin: 'network' | 'cache';
  /** Whether the browser stores it for the next visit; false when it has no room. */
  readonly kept: boolean;
}

/**
 * What a probe decoder was trained on: an arm, the untrained model, or as a control the target's own
 * untrained item embedding.
 */
export type FidelityOf = { readonly arm: string } | 'untrained' | 'control';

/** One row of `StepColumns`. */
export type StepRow = { readonly [Column in keyof ArmRecord['steps']]: ArmRecord['steps'][Column][number] };

/** What a run knows of its base model before it has a record. */
export interface MeasuredBase {
  readonly spec: RunSpec;
  readonly probes: RunRecord['probes'];
  readonly base: Pick<RunRecord['base'], 'attention' | 'sinks' | 'continuations'>;
}

/** A device that does not answer; in seconds. */
export interface DeviceSilence {
  readonly waited: number;
  /** The longest that it took to answer before. */
  readonly longest: number;
}

export type RunEvent =
  /** The memory that a run will take, before it allocates it. */
  | ({ readonly type: 'memory' } & MemoryForecast)
  | { readonly type: 'progress'; readonly progress: StageProgress }
  /** The base model, as soon as it is measured: seconds before the record, which waits for the baselines. */
  | { readonly type: 'base'; readonly of: MeasuredBase }
  /** The record when training starts: no steps yet, but with baselines and base model. */
  | { readonly type: 'started'; readonly record: RunRecord }
  /** One step of one arm; append to that arm's columns. */
  | { readonly type: 'step'; readonly arm: string; readonly columns: StepRow }
  /** An arm's steps look wrong from here on. */
  | { readonly type: 'warning'; readonly arm: string; readonly warning: RunWarning }
  | {
      readonly type: 'evaluation';
      readonly arm: string;
      readonly evaluation: Evaluation;
      readonly attention: AttentionSnapshot;
    }
  /** Means over an arm's steps profiled so far, replacing earlier ones. */
  | { readonly type: 'profile'; readonly arm: string; readonly profile: Profile }
  /** Part of the arm's last evaluation, or of the base model's, measured when all arms are trained. */
  | { readonly type: 'fidelity'; readonly of: FidelityOf; readonly fidelity: Fidelity }
  /** The base model's attention over the users of the final evaluation, once all arms are trained. */
  | { readonly type: 'test-sinks'; readonly testSinks: UserSinks }
  /** What a request costs, once all arms are trained. */
  | { readonly type: 'inference'; readonly inference: Inference }
  /** The device does not answer, or does again (null). It may still: nothing is stopped. */
  | { readonly type: 'silence'; readonly silence: DeviceSilence | null }
  /** All arms are at their last step and evaluated on all users. */
  | { readonly type: 'finished' };
