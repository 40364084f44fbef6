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
};
