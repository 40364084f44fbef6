import { useMemo } from 'react';
import type { RunRecord } from '../../record/runRecord';
import { useExhibit } from '../state/exhibit';
import { selectMeasured, useExperiment } from '../state/experiment';
import { armsOf, type FigureArm } from './armsOf';

/** The record on the page, or that of a lesson. Figures stand under a check that there is one. */
export function useRecord(): RunRecord {
  const own = useExperiment((experiment) => experiment.record);
  const record = useExhibit((shown) => shown.record) ?? own;
  if (!record) throw new Error('a figure was drawn without a record');
  return record;
}

/** The same without its newest steps: see `selectMeasured`. */
export function useMeasuredRecord(): RunRecord {
  const own = useExperiment(selectMeasured);
  const record = useExhibit((shown) => shown.record) ?? own;
  if (!record) throw new Error('a figure was drawn without a record');
  return record;
}

export function useFigureArms(record: RunRecord): readonly FigureArm[] {
  return useMemo(() => armsOf(record), [record]);
}
