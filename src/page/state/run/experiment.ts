import { create } from '../store';
import type { RunRecord } from '../../../record/runRecord';
import { EMPTY_EXPERIMENT, type Experiment } from '../../../runtime/experimentState';
import { lookAt } from '../view/view';

/**
 * The experiment on the page. Written by the session and by opening a record; components select narrow parts.
 */
export const useExperiment = create<Experiment>()(() => EMPTY_EXPERIMENT);

/** Shows a record from a file, with the view that shows most. */
export function showRecord(record: RunRecord, source: 'recorded' | 'file'): void {
  // A file can only be opened when nothing runs; the recorded run may arrive while a live one is in
  // preparation.
  useExperiment.setState({ record, source, failure: null, ...(source === 'file' && { phase: 'idle' }) });
  lookAt(record);
}

/**
 * The record as of the last evaluation: it changes only when something other than training steps does, so
 * that figures that show no steps are not redrawn at every step.
 */
export const selectMeasured = measuredSelector();

function measuredSelector(): (experiment: Experiment) => RunRecord | null {
  let last: RunRecord | null = null;
  return ({ record }) => {
    if (!last || !record || !sameMeasurements(last, record)) last = record;
    return last;
  };
}

export function sameMeasurements(a: RunRecord, b: RunRecord): boolean {
  return (
    a.spec === b.spec &&
    a.base === b.base &&
    a.complete === b.complete &&
    a.arms.length === b.arms.length &&
    a.arms.every((arm, i) => arm.evaluations === b.arms[i]?.evaluations && arm.attention === b.arms[i].attention)
  );
}
