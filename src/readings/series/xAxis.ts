import { message } from '../../words/words';
import type { ArmRecord, Evaluation } from '../../record/runRecord';
import { count, duration } from '../format';
import type { XAxis } from '../choices';

export const X_LABELS: Readonly<Record<XAxis, string>> = {
  step: message('training step'),
  examples: message('examples (users) seen'),
  seconds: message('training seconds of the arm'),
};

/** An evaluation's position on the chosen axis. */
export function evaluationX({ step, seconds }: Evaluation, axis: XAxis, batchSize: number): number {
  if (axis === 'seconds') return seconds;
  return axis === 'examples' ? step * batchSize : step;
}

/** The column for the chosen axis. */
export function stepX(arm: ArmRecord, axis: XAxis): readonly number[] {
  return arm.steps[axis];
}

/** A step's position on the axis; null for seconds, in which arms differ. */
export function cursorX(step: number | null, axis: XAxis, batchSize: number): number | null {
  if (step === null || axis === 'seconds') return null;
  return axis === 'examples' ? step * batchSize : step;
}

export function formatX(axis: XAxis): (value: number) => string {
  return axis === 'seconds' ? duration : count;
}
