/** WorkerEvents into the experiment's state: pure, a batch at a time, one new array a column however many steps came in. */
import type { Failure, Phase, WorkerEvent } from '../../worker/protocol';
import type { StageProgress, StepRow } from '../../spec/runEvents';
import type { AdapterInfo, ArmRecord, Certificate, LogSummary, ModelSummary, RunRecord, StepColumns } from '../../spec/runRecord';
import type { LogIssue } from '../../data/types';

export type Device =
  | { readonly state: 'probing' }
  | { readonly state: 'ready'; readonly adapter: AdapterInfo }
  | { readonly state: 'missing'; readonly failure: Failure };

export interface OpenedLog {
  readonly summary: LogSummary;
  readonly issues: readonly LogIssue[];
}

export interface Rejection {
  readonly message: string;
  readonly issues: readonly LogIssue[];
}

/** Where the record on the page comes from. */
export type Source = 'none' | 'recorded' | 'file' | 'live';

export interface Experiment {
  readonly source: Source;
  readonly record: RunRecord | null;
  readonly phase: Phase;
  readonly stage: StageProgress | null;
  readonly device: Device;
  readonly failure: Failure | null;
  readonly log: OpenedLog | null;
  readonly rejection: Rejection | null;
  readonly model: ModelSummary | null;
  readonly certificate: Certificate | null;
}

export const EMPTY_EXPERIMENT: Experiment = {
  source: 'none',
  record: null,
  phase: 'idle',
  stage: null,
  device: { state: 'probing' },
  failure: null,
  log: null,
  rejection: null,
  model: null,
  certificate: null,
};

/** Phases in which a run holds the worker. */
export function isBusy(phase: Phase): boolean {
  return phase === 'preparing' || phase === 'running' || phase === 'paused';
}

export function foldEvents(experiment: Experiment, events: readonly WorkerEvent[]): Experiment {
  let next = experiment;
  const rows = new Map<string, StepRow[]>();
  const flush = (): void => {
    if (rows.size > 0 && next.record) next = { ...next, stage: null, record: appendSteps(next.record, rows) };
    rows.clear();
  };
  for (const event of events) {
    if (event.type === 'step') {
      const armRows = rows.get(event.arm);
      if (armRows) armRows.push(event.columns);
      else rows.set(event.arm, [event.columns]);
      continue;
    }
    flush();
    next = fold(next, event);
  }
  flush();
  return next;
}

function fold(experiment: Experiment, event: Exclude<WorkerEvent, { type: 'step' }>): Experiment {
  switch (event.type) {
    case 'device':
      return { ...experiment, device: { state: 'ready', adapter: event.adapter } };
    case 'phase':
      return {
        ...experiment,
        phase: event.phase,
        stage: event.phase === 'preparing' ? experiment.stage : null,
        failure: event.phase === 'preparing' || event.phase === 'running' ? null : experiment.failure,
      };
    case 'progress':
      return { ...experiment, stage: event.progress };
    case 'log':
      return { ...experiment, log: { summary: event.summary, issues: event.issues }, rejection: null };
    case 'log-rejected':
      return { ...experiment, rejection: { message: event.message, issues: event.issues } };
    case 'model':
      return { ...experiment, model: event.model };
    case 'certificate':
      return { ...experiment, certificate: event.certificate };
    case 'started':
      return { ...experiment, source: 'live', record: event.record, stage: null, failure: null };
    case 'evaluation':
      return experiment.record ? { ...experiment, stage: null, record: appendEvaluation(experiment.record, event) } : experiment;
    case 'finished':
      return {
        ...experiment,
        phase: 'finished',
        stage: null,
        record: experiment.record && { ...experiment.record, complete: true },
      };
    case 'failed':
      return event.failure.code === 'no-webgpu'
        ? { ...experiment, device: { state: 'missing', failure: event.failure }, phase: 'idle', stage: null }
        : { ...experiment, failure: event.failure, phase: 'failed', stage: null };
  }
}

function changeArm(record: RunRecord, id: string, change: (arm: ArmRecord) => ArmRecord): RunRecord {
  return { ...record, arms: record.arms.map((arm) => (arm.id === id ? change(arm) : arm)) };
}

function appendEvaluation(record: RunRecord, event: Extract<WorkerEvent, { type: 'evaluation' }>): RunRecord {
  return changeArm(record, event.arm, (arm) => ({
    ...arm,
    evaluations: [...arm.evaluations, event.evaluation],
    attention: [...arm.attention.filter((snapshot) => snapshot.step !== event.attention.step), event.attention],
  }));
}

function appendSteps(record: RunRecord, rows: ReadonlyMap<string, readonly StepRow[]>): RunRecord {
  return {
    ...record,
    arms: record.arms.map((arm) => {
      const added = rows.get(arm.id);
      return added ? { ...arm, steps: appendRows(arm.steps, added) } : arm;
    }),
  };
}

function appendRows(columns: StepColumns, rows: readonly StepRow[]): StepColumns {
  return {
    step: [...columns.step, ...rows.map((row) => row.step)],
    seconds: [...columns.seconds, ...rows.map((row) => row.seconds)],
    examples: [...columns.examples, ...rows.map((row) => row.examples)],
    total: [...columns.total, ...rows.map((row) => row.total)],
    action: [...columns.action, ...rows.map((row) => row.action)],
    gen: [...columns.gen, ...rows.map((row) => row.gen)],
    rec: [...columns.rec, ...rows.map((row) => row.rec)],
    gradNorm: [...columns.gradNorm, ...rows.map((row) => row.gradNorm)],
    learningRate: [...columns.learningRate, ...rows.map((row) => row.learningRate)],
  };
}
