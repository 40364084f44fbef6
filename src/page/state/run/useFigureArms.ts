import { useMemo } from 'react';
import type { RunRecord } from '../../../record/runRecord';
import { useExhibit } from './exhibit';
import { selectMeasured, useExperiment } from './experiment';
import { useView } from '../view/view';
import { armsOf, withArms, type FigureArm } from '../../../readings/arms/armsOf';

/** The record on the page, or a lesson's, with the arms that are shown. Figures are rendered only if there is one. */
export function useRecord(): RunRecord {
  const own = useExperiment((experiment) => experiment.record);
  const record = useExhibit((shown) => shown.record) ?? own;
  return useShownArms(record);
}

/** The same without its newest steps: see `selectMeasured`. */
export function useMeasuredRecord(): RunRecord {
  const own = useExperiment(selectMeasured);
  const record = useExhibit((shown) => shown.record) ?? own;
  return useShownArms(record);
}

export function useFigureArms(record: RunRecord): readonly FigureArm[] {
  return useMemo(() => armsOf(record), [record]);
}

function useShownArms(record: RunRecord | null): RunRecord {
  const arms = useView((view) => view.arms);
  const shown = useMemo(() => record && withArms(record, arms), [record, arms]);
  if (!shown) throw new Error('a figure was drawn without a record');
  return shown;
}
