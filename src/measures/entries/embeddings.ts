/** How interest embeddings h and item embeddings e fill their space; each measure applies to both. */
import { message, t } from '../../words/words';
import { defineMeasure, type MeasureEntry } from '../measure';

/** Interest embeddings h or item embeddings e. */
export type Embeddings = 'interest' | 'item';

const SYMBOLS = { interest: 'h', item: 'e' } as const;
const WHOSE = {
  interest: message('interest embeddings h of the evaluated users'),
  item: message('item embeddings e of the catalogue'),
} as const;

type ShapeId = 'rankMe' | 'participation' | 'uniformity' | 'meanCosine';

/** A measure of the shape of a set of embeddings, with its entries for h and e. */
export interface ShapeMeasure extends Readonly<Record<Embeddings, MeasureEntry>> {
  readonly id: ShapeId;
  /** Without the embeddings' name: `RankMe`. */
  readonly name: string;
}

interface Draft<Id extends ShapeId> extends Pick<MeasureEntry, 'digits' | 'tag'> {
  readonly id: Id;
  readonly name: string;
  readonly unit: string;
  /** With the embeddings' name in it: “of the centred interest embeddings h …”. */
  readonly definition: (whose: string) => string;
  readonly main?: boolean;
  readonly charted?: boolean;
}

function shape<const Id extends ShapeId>({ id, name, definition, main = false, charted = false, ...look }: Draft<Id>) {
  const about = <const Of extends 'Interest' | 'Item'>(suffix: Of, embeddings: Embeddings) =>
    defineMeasure<`${Id}${Of}`>({
      ...look,
      id: `${id}${suffix}`,
      name: () => t('{measure} of {symbol}', { measure: t(name), symbol: SYMBOLS[embeddings] }),
      topic: 'embeddings',
      better: null,
      definition: () => definition(t(WHOSE[embeddings])),
      perUsers: embeddings === 'interest',
      main,
      charted: charted && embeddings === 'interest',
    });
  return {
    id,
    get name() {
      return t(name);
    },
    interest: about('Interest', 'interest'),
    item: about('Item', 'item'),
  };
}

export const rankMeMeasure = shape({
  id: 'rankMe',
  name: 'RankMe',
  unit: 'effective dimensions',
  digits: 1,
  definition: (whose) =>
    t('How many directions the centred {whose} effectively use: the exponential of the entropy of their singular values.', {
      whose,
    }),
  tag: 'O',
  main: true,
  charted: true,
});

export const participation = shape({
  id: 'participation',
  name: 'participation ratio',
  unit: 'effective dimensions',
  digits: 1,
  definition: (whose) => t('How many directions the centred {whose} effectively use: (Σλ)²/Σλ² of their variances λ.', { whose }),
  tag: 'O',
});

export const uniformityMeasure = shape({
  id: 'uniformity',
  name: 'uniformity',
  unit: '',
  digits: 3,
  definition: (whose) => t('Log of the mean of exp(−2‖x − x′‖²) over pairs of {whose} of length 1: 0 = one point.', { whose }),
  tag: 'O',
});

export const meanCosine = shape({
  id: 'meanCosine',
  name: 'mean cosine',
  unit: '',
  digits: 3,
  definition: (whose) => t('Mean cosine over pairs of {whose}: 1 = one direction.', { whose }),
  tag: 'O',
});
