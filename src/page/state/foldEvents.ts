/** WorkerEvents into the experiment's state: pure, a batch at a time. */
import { changesRecord, recordWith, type RecordEvent } from '../../experiment/record';
import type { Phase, WorkerEvent } from '../../runtime/protocol';
import type { Failure } from '../../runtime/failure';
import type { MemoryForecast } from '../../record/memoryPlan';
import type { StageProgress } from '../../record/runEvents';
import type { AdapterInfo, Certification, LogSummary, ModelSummary, RunRecord } from '../../record/runRecord';
import type { Finding } from '../../log/intake/findings';

export type Device =
  | { readonly state: 'probing' }
  | { readonly state: 'ready'; readonly adapter: AdapterInfo }
  | { readonly state: 'missing'; readonly failure: Failure };

export interface OpenedLog {
  readonly summary: LogSummary;
  readonly findings: readonly Finding[];
}

/** Where the record on the page comes from. */
export type Source = 'none' | 'recorded' | 'file' | 'live';

export interface Experiment {
  readonly source: Source;
  readonly record: RunRecord | null;
  readonly phase: Phase;
  /** Runs that the worker is done with: a run's last word, after which it takes the next. */
  readonly ended: number;
  readonly stage: StageProgress | null;
  readonly device: Device;
  readonly failure: Failure | null;
  readonly log: OpenedLog | null;
  readonly model: ModelSummary | null;
  readonly certification: Certification | null;
  /** GPU memory of the recipe that was last asked about. */
  readonly memory: MemoryForecast | null;
  /** Arms whose parameters can be exported. */
  readonly trained: readonly string[];
}

export const EMPTY_EXPERIMENT: Experiment = {
  source: 'none',
  record: null,
  phase: 'idle',
  ended: 0,
  stage: null,
  device: { state: 'probing' },
  failure: null,
  log: null,
  model: null,
  certification: null,
  memory: null,
  trained: [],
};

/** Phases in which a run holds the worker. */
export function isBusy(phase: Phase): boolean {
  return phase === 'preparing' || phase === 'running' || phase === 'paused';
}

/** Events that grow the record wait for one that does not: however many steps came in, a column is copied once. */
export function foldEvents(experiment: Experiment, events: readonly WorkerEvent[]): Experiment {
  let next = experiment;
  let growth: RecordEvent[] = [];
  const flush = (): void => {
    // The last events of a run that was stopped may find another record on the page.
    if (growth.length > 0 && next.record && next.source === 'live') next = { ...next, record: recordWith(next.record, growth) };
    growth = [];
  };
  for (const event of events) {
    if (changesRecord(event)) growth.push(event);
    else flush();
    next = fold(next, event);
  }
  flush();
  return next;
}

function fold(experiment: Experiment, event: WorkerEvent): Experiment {
  switch (event.type) {
    case 'device':
      return { ...experiment, device: { state: 'ready', adapter: event.adapter } };
    case 'phase':
      return {
        ...experiment,
        phase: event.phase,
        ended: experiment.ended + (['finished', 'stopped', 'failed'].includes(event.phase) ? 1 : 0),
        stage: event.phase === 'preparing' ? experiment.stage : null,
        failure: event.phase === 'preparing' || event.phase === 'running' ? null : experiment.failure,
      };
    case 'progress':
      return { ...experiment, stage: event.progress };
    case 'log':
      return { ...experiment, log: { summary: event.summary, findings: event.findings } };
    case 'fetched':
    case 'fetch-failed':
    case 'fetch-cancelled':
      return experiment.phase === 'preparing' ? experiment : { ...experiment, stage: null };
    case 'model-opened':
    case 'survey':
    case 'kept':
      return experiment;
    case 'model':
      return { ...experiment, model: event.model };
    case 'certificate':
      return { ...experiment, certification: event.certification };
    case 'memory':
      return {
        ...experiment,
        memory: { ...(event.precision && { precision: event.precision }), plan: event.plan, problem: event.problem },
      };
    case 'started':
      return { ...experiment, source: 'live', record: event.record, stage: null, failure: null };
    case 'step':
    case 'evaluation':
      return experiment.record && experiment.stage ? { ...experiment, stage: null } : experiment;
    case 'profile':
    case 'inference':
    case 'fidelity':
    case 'adapter':
    case 'text-grown':
    case 'text-ended':
    case 'template-preview':
    case 'experiment-parts':
    case 'adapter-opened':
    case 'adapter-refused':
      return experiment;
    case 'text-started':
    case 'text-failed':
    case 'inspection-found':
    case 'inspection-user':
    case 'inspection-answer':
    case 'inspection-failed':
    case 'exported':
    case 'export-failed':
      // What had to be loaded first is here, unless a run is being prepared meanwhile.
      return experiment.phase === 'preparing' ? experiment : { ...experiment, stage: null };
    case 'trained':
      return { ...experiment, trained: event.arms };
    case 'finished':
      return { ...experiment, phase: 'finished', stage: null };
    case 'failed':
      return event.failure.code === 'no-webgpu'
        ? { ...experiment, device: { state: 'missing', failure: event.failure }, phase: 'idle', stage: null }
        : { ...experiment, failure: event.failure, phase: 'failed', stage: null };
  }
}
