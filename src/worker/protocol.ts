/** What page and training worker say to each other. Both sides switch on `type`; nothing else crosses. */
import type { LogIssue } from '../data/types';
import type {
  AdapterInfo,
  ArmRecord,
  AttentionSnapshot,
  Certificate,
  Evaluation,
  LogSummary,
  ModelSummary,
  RunRecord,
} from '../spec/runRecord';
import type { RunSpec } from '../spec/runSpec';

/** Stages a person can tell apart while waiting. */
export type Stage =
  'device' | 'download' | 'cache' | 'log' | 'compile' | 'certificate' | 'features' | 'warm-up' | 'baselines' | 'evaluation';

export interface StageProgress {
  readonly stage: Stage;
  /** What exactly is going on, one line. */
  readonly note: string;
  /** Units done and in all (bytes for downloads, items for features); 0/0 when unknown. */
  readonly done: number;
  readonly total: number;
}

export type Phase = 'idle' | 'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed';

export type ErrorCode =
  'no-webgpu' | 'device-lost' | 'model' | 'log' | 'certificate' | 'memory' | 'numerics' | 'spec' | 'internal';

/** A failure as a person reads it. */
export interface Failure {
  readonly code: ErrorCode;
  /** What happened, one sentence. */
  readonly message: string;
  /** What to do next, one sentence. */
  readonly advice: string;
  /** Technical detail for "copy details". */
  readonly detail: string;
}

export type Command =
  /** Find the adapter; answered by `device` or `failed` with `no-webgpu`. `baseUrl` is the page's folder, absolute. Sent first. */
  | { readonly type: 'probe-device'; readonly baseUrl: string }
  /** Parse dropped files; answered by `log` or `log-rejected`. What was loaded before stays until a log is accepted. */
  | { readonly type: 'open-log'; readonly files: readonly File[] }
  /** Prepare (model, log, features, certificate) and start training. With `paused` it stops before the first step. */
  | { readonly type: 'run'; readonly spec: RunSpec; readonly paused: boolean }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** One step of every arm, then pause. */
  | { readonly type: 'step' }
  /** End the run; what was measured stays. */
  | { readonly type: 'stop' };

export type WorkerEvent =
  | { readonly type: 'device'; readonly adapter: AdapterInfo }
  | { readonly type: 'phase'; readonly phase: Phase }
  | { readonly type: 'progress'; readonly progress: StageProgress }
  | { readonly type: 'log'; readonly summary: LogSummary; readonly issues: readonly LogIssue[] }
  | { readonly type: 'log-rejected'; readonly message: string; readonly issues: readonly LogIssue[] }
  | { readonly type: 'model'; readonly model: ModelSummary }
  | { readonly type: 'certificate'; readonly certificate: Certificate }
  /** The record as it stands when training starts: no steps yet, baselines and base model filled in. */
  | { readonly type: 'started'; readonly record: RunRecord }
  /** One step of one arm; append to that arm's columns. */
  | { readonly type: 'step'; readonly arm: string; readonly columns: StepRow }
  | {
      readonly type: 'evaluation';
      readonly arm: string;
      readonly evaluation: Evaluation;
      readonly attention: AttentionSnapshot;
    }
  /** All arms are at their last step and evaluated on all users. */
  | { readonly type: 'finished' }
  | { readonly type: 'failed'; readonly failure: Failure };

/** One row of `StepColumns`. */
export type StepRow = { readonly [Column in keyof ArmRecord['steps']]: ArmRecord['steps'][Column][number] };
