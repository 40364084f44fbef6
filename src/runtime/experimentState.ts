/**
 * The state of the current experiment, and how events change it: pure, a batch at a time. Page and CLI share
 * it.
 */
import type { TimeForecast } from '../experiment/forecast/forecastTime';
import { changesRecord, recordWith, withOwnColumns, type RecordEvent } from '../record/addToRecord';
import type { Phase, WorkerEvent } from './protocol';
import type { Failure } from './failure';
import type { MemoryForecast } from '../record/memoryPlan';
import type { DeviceSilence, MeasuredBase, StageProgress, Transfer } from '../record/runEvents';
import type { AdapterInfo, Certification, LogSummary, ModelSummary, RunRecord } from '../record/runRecord';
import type { Finding } from '../log/findings';

export type Device =
  | { readonly state: 'probing' }
  | { readonly state: 'ready'; readonly adapter: AdapterInfo }
  | { readonly state: 'missing'; readonly failure: Failure };

export interface OpenedLog {
  readonly summary: LogSummary;
  readonly findings: readonly Finding[];
}

export type FetchState = 'none' | 'fetching' | 'here' | 'cancelled' | 'failed';

/** The origin of the record on the page. */
export type RecordOrigin = 'none' | 'recorded' | 'file' | 'live';

export interface Experiment {
  readonly source: RecordOrigin;
  readonly record: RunRecord | null;
  readonly phase: Phase;
  /**
   * How often a run has begun to train, resumed or not: a resumed one has the date and the recipe that it had
   * before.
   */
  readonly started: number;
  /** Number of runs that the worker has finished, after which it takes the next. */
  readonly ended: number;
  readonly stage: StageProgress | null;
  /** How far each stage of a run in preparation has come, in their order. */
  readonly stages: readonly StageProgress[];
  /**
   * What is known of a run that has no record yet: its recipe, where it was started here, and its base model,
   * once that is measured.
   */
  readonly beginning: Partial<MeasuredBase> | null;
  readonly device: Device;
  readonly failure: Failure | null;
  readonly log: OpenedLog | null;
  /** Why the opened log is not stored for the next visit. */
  readonly logUnkept: string | null;
  readonly model: ModelSummary | null;
  /** State of the model requested last. */
  readonly fetch: FetchState;
  /** Progress of its files. */
  readonly transfer: Transfer | null;
  readonly certification: (Certification & { readonly model: string }) | null;
  /** GPU memory of the last recipe for which it was requested. */
  readonly memory: MemoryForecast | null;
  /** How long that recipe takes, as far as that can be told: `coming` while the device is measured. */
  readonly time: TimeForecast | 'coming' | null;
  /** Whether the current run is stored, so that it can be resumed: null before its first checkpoint. */
  readonly checkpoint: { readonly problem: string | null } | null;
  /**
   * How often the current run lost its device, and the step from which it last continued (null: its start).
   */
  readonly recovered: { readonly times: number; readonly step: number | null } | null;
  /** The current run's device, while it does not answer. */
  readonly silence: DeviceSilence | null;
  /** Arms whose parameters can be exported. */
  readonly trained: readonly string[];
}

export const EMPTY_EXPERIMENT: Experiment = {
  source: 'none',
  record: null,
  phase: 'idle',
  started: 0,
  ended: 0,
  stage: null,
  stages: [],
  beginning: null,
  device: { state: 'probing' },
  failure: null,
  log: null,
  logUnkept: null,
  model: null,
  fetch: 'none',
  transfer: null,
  certification: null,
  memory: null,
  time: null,
  checkpoint: null,
  recovered: null,
  silence: null,
  trained: [],
};

/** Phases in which a run holds the worker. */
export function isBusy(phase: Phase): boolean {
  return phase === 'preparing' || phase === 'running' || phase === 'paused';
}

/**
 * Events that grow the record are collected until one that does not, so that however many steps arrive, a
 * column is copied once.
 */
export function foldEvents(experiment: Experiment, events: readonly WorkerEvent[]): Experiment {
  let next = experiment;
  let growth: RecordEvent[] = [];
  const flush = (): void => {
    // The last events of a stopped run may arrive when another record is on the page.
    if (growth.length > 0 && next.record && next.source === 'live') next = { ...next, record: recordWith(next.record, growth) };
    growth = [];
  };
  for (const event of events) {
    if (changesRecord(event)) {
      growth.push(event);
      if (next.stage !== null) next = { ...next, stage: null };
      if (event.type === 'finished') next = { ...next, phase: 'finished' };
      continue;
    }
    flush();
    next = fold(next, event);
  }
  flush();
  return next;
}

function fold(experiment: Experiment, event: Exclude<WorkerEvent, RecordEvent>): Experiment {
  switch (event.type) {
    case 'device':
      return { ...experiment, device: { state: 'ready', adapter: event.adapter } };
    case 'phase':
      return {
        ...experiment,
        phase: event.phase,
        ended: experiment.ended + (['finished', 'stopped', 'failed'].includes(event.phase) ? 1 : 0),
        stage: event.phase === 'preparing' ? experiment.stage : null,
        ...(event.phase !== 'preparing' ? NOT_PREPARING : isBusy(experiment.phase) ? {} : { stages: [], beginning: {} }),
        failure: event.phase === 'preparing' || event.phase === 'running' ? null : experiment.failure,
      };
    case 'progress': {
      const { transfer } = event.progress;
      return {
        ...experiment,
        stage: event.progress,
        ...(experiment.beginning !== null && { stages: withStage(experiment.stages, event.progress) }),
        ...(transfer && { transfer, fetch: 'fetching' }),
      };
    }
    case 'base':
      // A run that was interrupted keeps showing its record.
      return experiment.beginning === null ? experiment : { ...experiment, beginning: event.of };
    case 'log':
      return { ...experiment, log: { summary: event.summary, findings: event.findings } };
    case 'log-kept':
      return { ...experiment, logUnkept: event.problem };
    case 'model':
      return { ...experiment, model: event.model, fetch: 'here' };
    case 'model-absent':
      return { ...experiment, fetch: event.cancelled ? 'cancelled' : 'failed' };
    case 'loaded':
      // A run in preparation has its own stage.
      return experiment.phase === 'preparing' ? experiment : { ...experiment, stage: null };
    case 'certificate':
      return { ...experiment, certification: { ...event.certification, model: event.model } };
    case 'memory':
      return {
        ...experiment,
        memory: {
          ...(event.precision && { precision: event.precision }),
          ...(event.fileStorage && { fileStorage: event.fileStorage }),
          plan: event.plan,
          problem: event.problem,
        },
      };
    case 'started':
      return {
        ...experiment,
        source: 'live',
        record: withOwnColumns(event.record),
        started: experiment.started + 1,
        stage: null,
        ...NOT_PREPARING,
        failure: null,
      };
    case 'trained':
      return { ...experiment, trained: event.arms };
    case 'checkpoint':
      return { ...experiment, checkpoint: { problem: event.problem } };
    case 'recovering':
      return { ...experiment, recovered: { times: (experiment.recovered?.times ?? 0) + 1, step: event.step } };
    case 'silence':
      return { ...experiment, silence: event.silence };
    case 'failed':
      return failed({ ...experiment, stage: null, ...NOT_PREPARING }, event.failure, 'failed');
  }
}

const NOT_PREPARING: Pick<Experiment, 'stages' | 'beginning'> = { stages: [], beginning: null };

/** A stage that comes back, such as a download, stays where it was. */
function withStage(stages: readonly StageProgress[], progress: StageProgress): readonly StageProgress[] {
  const at = stages.findIndex(({ stage }) => stage === progress.stage);
  return at < 0 ? [...stages, progress] : stages.with(at, progress);
}

/** A question was not answered; the run, if any, continues. */
export function unanswered(experiment: Experiment, failure: Failure): Experiment {
  return failed(experiment, failure, experiment.phase);
}

/** A missing adapter is not a failure, but a state of the page. */
function failed(experiment: Experiment, failure: Failure, phase: Phase): Experiment {
  if (failure.code === 'no-webgpu') return { ...experiment, device: { state: 'missing', failure }, phase: 'idle' };
  return { ...experiment, failure, phase };
}
