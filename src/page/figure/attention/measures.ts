import { probePopulation, sinkPopulation } from '../../../measures/sinks/userSinks';
import type { Evaluation, RunRecord } from '../../../record/runRecord';
import type { GridMeasure } from '../../state/view';

export interface Measure {
  readonly label: string;
  /** What a cell says, for the caption. */
  readonly definition: string;
  /** Amber belongs to sinks alone. */
  readonly sink: boolean;
}

export const MEASURES: Readonly<Record<GridMeasure, Measure>> = {
  itemSinkRate: {
    label: 'item-sink rate',
    definition: 'share of histories in which some item position has importance α above ε',
    sink: true,
  },
  itemAlpha: {
    label: 'largest item α',
    definition: 'mean over histories of the largest α of an item position',
    sink: true,
  },
  firstAlpha: { label: 'first-token α', definition: 'mean over histories of α at [BOS]', sink: true },
  barcode: {
    label: 'barcode index',
    definition: 'barcode index over item positions, averaged over histories; 1 means that every row is the same',
    sink: false,
  },
  embEntropy: {
    label: '[EMB] entropy',
    definition: 'normalised entropy of the [EMB] row over item positions, averaged over histories',
    sink: false,
  },
  contentCorrelation: {
    label: 'content test',
    definition:
      'correlation of the map among items with that of the same history in another order, averaged over probe histories and orders; 1 means that places alone decide',
    sink: false,
  },
};

export const MEASURE_OPTIONS = Object.entries(MEASURES).map(([value, { label }]) => ({ value: value as GridMeasure, label }));

/** What a measure is averaged over. */
export function measuredOver(measure: GridMeasure, record: RunRecord, evaluation: Evaluation | null): string {
  return measure === 'contentCorrelation' ? probePopulation(record) : sinkPopulation(record, evaluation);
}
