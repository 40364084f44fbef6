/** Measures of attention, each a [layer][head] table whose mean evaluations report. */
import { t } from '../../words/words';
import { defineMeasure, type MeasureDraft, type MeasureEntry } from '../measure';
import { baseSinksOf, sinksOf } from '../sinks/userSinks';

/** Records store tables and their means by it. */
export type SinkMeasureId =
  | 'firstHalfSinkRate'
  | 'itemSinkRate'
  | 'itemAlpha'
  | 'firstAlpha'
  | 'barcode'
  | 'embEntropy'
  | 'contentCorrelation'
  | 'pictureAlpha';

export interface SinkMeasure<Id extends SinkMeasureId = SinkMeasureId> extends MeasureEntry<Id> {
  /** The meaning of a cell of the table: the mean over histories in one layer and head. */
  readonly cell: string;
  /** Whether it measures sinks themselves, which have a colour of their own. */
  readonly sink: boolean;
}

type Draft<Id extends SinkMeasureId> = Omit<MeasureDraft<Id>, 'topic' | 'better' | 'of' | 'base'> &
  Pick<SinkMeasure, 'cell' | 'sink'>;

function defineSinkMeasure<const Id extends SinkMeasureId>({ cell, sink, ...draft }: Draft<Id>): SinkMeasure<Id> {
  const measured: MeasureDraft<Id> = {
    ...(draft as Omit<MeasureDraft<Id>, 'topic' | 'better' | 'of' | 'base'>),
    topic: 'attention',
    better: null,
    of: (evaluation) => sinksOf(evaluation).means[draft.id] ?? null,
    base: (record, population) => baseSinksOf(record, population).means[draft.id] ?? null,
  };
  return Object.defineProperty(Object.assign(defineMeasure(measured), { cell, sink }), 'cell', {
    enumerable: true,
    get: () => t(cell),
  });
}

export const firstHalfSinkRate = defineSinkMeasure({
  id: 'firstHalfSinkRate',
  name: 'item-sink rate',
  definition:
    'Share of histories, layers and heads in which some item of the first half of the history has importance α above ε.',
  cell: 'share of histories in which some item of the first half has importance α above ε',
  tag: 'O',
  main: true,
  charted: true,
  fromZero: true,
  instead: 'itemSinkRate',
  sink: true,
});

export const itemSinkRate = defineSinkMeasure({
  id: 'itemSinkRate',
  aliases: ['itemSink'],
  name: 'item-sink rate, all items',
  definition:
    'Share of histories, layers and heads in which some item position has importance α above ε; most of these are the last two items, whose α averages few rows.',
  cell: 'share of histories in which some item position has importance α above ε',
  tag: 'O',
  main: true,
  fromZero: true,
  sink: true,
});

export const itemAlpha = defineSinkMeasure({
  id: 'itemAlpha',
  name: 'largest item α',
  definition: 'Mean over histories, layers and heads of the largest importance α of an item position.',
  cell: 'mean over histories of the largest α of an item position',
  tag: 'O',
  main: true,
  sink: true,
});

export const firstAlpha = defineSinkMeasure({
  id: 'firstAlpha',
  name: 'α of [BOS]',
  definition: 'Mean over histories, layers and heads of the importance α of the first position, [BOS].',
  cell: 'mean over histories of α of [BOS]',
  tag: 'O',
  main: true,
  charted: true,
  fromZero: true,
  sink: true,
});

export const barcode = defineSinkMeasure({
  id: 'barcode',
  name: 'barcode index',
  definition:
    'How much all query rows attend to the same items of the first half, mean over histories, layers and heads: 1 = every row is the same, which shows as vertical stripes.',
  cell: 'barcode index over item positions, averaged over histories; 1 = every row is the same',
  tag: 'O',
  main: true,
  charted: true,
  sink: false,
});

export const embEntropy = defineSinkMeasure({
  id: 'embEntropy',
  name: 'entropy of [EMB]',
  definition:
    'Normalised entropy of the [EMB] row over item positions, mean over histories, layers and heads: 0 = one item, 1 = uniform.',
  cell: 'normalised entropy of the [EMB] row over item positions, averaged over histories',
  tag: 'O',
  main: true,
  sink: false,
});

export const pictureAlpha = defineSinkMeasure({
  id: 'pictureAlpha',
  name: 'α of items with a picture',
  definition:
    'Mean importance α of the items with a picture minus that of the items without, in the first half of the same history, mean over probe histories that have both, layers and heads: above 0 = pictured items draw the attention.',
  cell: 'mean α of items with a picture minus that of items without, in the first half of a history, averaged over probe histories that have both',
  tag: 'O',
  sink: false,
  instead: 'itemAlpha',
});

export const contentCorrelation = defineSinkMeasure({
  id: 'contentCorrelation',
  aliases: ['contentTest'],
  name: 'content test',
  definition:
    'Correlation of the map among items with that of the same history in another order, mean over probe histories, layers and heads: 1 = positions alone decide what is attended to.',
  cell: 'correlation of the map among items with that of the same history in another order, averaged over probe histories and orders; 1 = positions alone decide',
  tag: 'O',
  sink: false,
});
