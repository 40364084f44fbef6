/** How a run record grows, event by event, in the experiment itself, the page and the CLI. */
import { stepColumnsSchema, type ArmRecord, type RunRecord, type StepColumns } from './runRecord';
import type { RunEvent } from './runEvents';

const COLUMNS = Object.keys(stepColumnsSchema.shape) as (keyof StepColumns)[];

function columnsBy(column: (name: keyof StepColumns) => (number | null)[]): StepColumns {
  return Object.fromEntries(COLUMNS.map((name) => [name, column(name)])) as StepColumns;
}

export function emptyArm(id: string): ArmRecord {
  return { id, steps: columnsBy(() => []), evaluations: [], attention: [] };
}

const RECORD_EVENTS = ['step', 'warning', 'evaluation', 'profile', 'inference', 'test-sinks', 'fidelity', 'finished'] as const;

/** Events that change a record. */
export type RecordEvent = Extract<RunEvent, { type: (typeof RECORD_EVENTS)[number] }>;

export function changesRecord<Event extends { readonly type: string }>(event: Event): event is Extract<Event, RecordEvent> {
  return (RECORD_EVENTS as readonly string[]).includes(event.type);
}

/**
 * Adds an event to a record, in place. A step's attention is kept once.
 * @throws Error for an arm that is not in the record.
 */
export function addToRecord(record: RunRecord, event: RecordEvent): void {
  switch (event.type) {
    case 'step': {
      const { steps } = armOf(record, event.arm);
      for (const name of COLUMNS) (steps[name] as (number | null)[]).push(event.columns[name]);
      return;
    }
    case 'warning': {
      const arm = armOf(record, event.arm);
      arm.warnings = [...(arm.warnings ?? []), event.warning];
      return;
    }
    case 'evaluation': {
      const arm = armOf(record, event.arm);
      arm.evaluations.push(event.evaluation);
      if (arm.attention.at(-1)?.step !== event.attention.step) arm.attention.push(event.attention);
      return;
    }
    case 'profile':
      armOf(record, event.arm).profile = event.profile;
      return;
    case 'inference':
      record.inference = event.inference;
      return;
    case 'test-sinks':
      record.base = { ...record.base, testSinks: event.testSinks };
      return;
    case 'fidelity': {
      const { of, fidelity } = event;
      if (typeof of === 'string') {
        record.base = { ...record.base, [of === 'control' ? 'control' : 'fidelity']: fidelity };
        return;
      }
      const { evaluations } = armOf(record, of.arm);
      const last = evaluations.pop();
      if (last === undefined) throw new Error(`the record has no evaluation of arm ${of.arm}`);
      evaluations.push({ ...last, fidelity });
      return;
    }
    case 'finished':
      record.complete = true;
  }
}

/**
 * `addToRecord` for many events at once, on a copy that shares with the record what the events leave
 * unchanged.
 */
export function recordWith(record: RunRecord, events: readonly RecordEvent[]): RunRecord {
  const touched = (id: string, type: RecordEvent['type']): boolean =>
    events.some((event) => event.type === type && 'arm' in event && event.arm === id);
  const copy = {
    ...record,
    arms: record.arms.map((arm) => ({
      ...arm,
      ...(touched(arm.id, 'step') && { steps: copyColumns(arm.steps) }),
      ...((touched(arm.id, 'evaluation') || touched(arm.id, 'fidelity')) && {
        evaluations: [...arm.evaluations],
        attention: [...arm.attention],
      }),
    })),
  };
  for (const event of events) addToRecord(copy, event);
  return copy;
}

/**
 * A record from another thread, with columns that take 8 bytes per number as they grow: in arrays that come
 * from structured clone, JavaScript engines store each number as a separate object.
 */
export function withOwnColumns(record: RunRecord): RunRecord {
  const own = (columns: StepColumns): StepColumns => columnsBy((name) => columns[name].map((value: number | null) => value));
  return { ...record, arms: record.arms.map((arm) => ({ ...arm, steps: own(arm.steps) })) };
}

function armOf(record: RunRecord, id: string): ArmRecord {
  const arm = record.arms.find((one) => one.id === id);
  if (arm === undefined) throw new Error(`the record has no arm ${id}`);
  return arm;
}

function copyColumns(columns: StepColumns): StepColumns {
  return columnsBy((name) => [...columns[name]]);
}
