import { useMemo } from 'react';
import type { RunRecord } from '../../../record/runRecord';
import { useExhibit } from './exhibit';
import { selectMeasured, useExperiment } from './experiment';
import { useView } from '../view/view';
import { armsOf, withArms, type FigureArm } from '../../../readings/arms/armsOf';
import { clampHead, type Head } from '../../../readings/series/attentionData';

/**
 * The record on the page, or a lesson's, with the arms that are shown. Figures are rendered only if there is
 * one.
 */
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

/** The history, layer and head that the reader chose, of those that the record has. */
export function useShownHead({ base: { attention } }: RunRecord): Head {
  const layer = useView((view) => view.layer);
  const head = useView((view) => view.head);
  const probe = useView((view) => view.probe);
  return useMemo(() => clampHead({ probe, layer, head }, attention), [probe, layer, head, attention]);
}

function useShownArms(record: RunRecord | null): RunRecord {
  const arms = useView((view) => view.arms);
  const shown = useMemo(() => record && withArms(record, arms), [record, arms]);
  if (!shown) throw new Error('a figure was drawn without a record');
  return shown;
}
