/** What a probe decoder reads from h at the end of a run; each measure has a chart with intervals. */
import { t } from '../../words/words';
import type { Fidelity } from '../../record/runRecord';
import { splitId } from '../ranking/splitId';
import { defineMeasure, type MeasureEntry, type MeasureWords } from '../measure';

export type FidelitySplit = 'all' | 'warm' | 'cold';

/** A mean over `n` targets; null if an interval would be over fewer than two. */
export interface TargetMean {
  readonly n: number;
  readonly value: number;
  readonly interval: readonly [number, number] | null;
}

/** A measure of a probe decoder, with its entries over all targets and over cold ones. */
export interface FidelityMeasure extends Readonly<Record<'all' | 'cold', MeasureEntry>> {
  /** Null if a split has no targets, or the record lacks the measure. */
  readonly at: (fidelity: Fidelity, split: FidelitySplit) => TargetMean | null;
}

type Draft<Id extends string> = Readonly<Record<'name' | 'definition' | 'unit', string>> &
  Pick<MeasureEntry, 'better' | 'tag'> &
  Partial<Pick<MeasureEntry, 'scale' | 'digits'>> & { readonly id: Id };

function fidelityMeasure<const Id extends string>({ id, name, definition, ...look }: Draft<Id>) {
  const at = ({ counts, values, intervals }: Fidelity, split: FidelitySplit): TargetMean | null => {
    const own = splitId(split, id);
    const value = values[own];
    return value === undefined ? null : { n: counts[own] ?? 0, value, interval: intervals[own] ?? null };
  };
  const over = <const Own extends string>(own: Own, split: 'all' | 'cold', told: Pick<MeasureWords, 'name' | 'definition'>) => {
    const found = (fidelity: Fidelity | undefined): TargetMean | null => (fidelity === undefined ? null : at(fidelity, split));
    return defineMeasure<Own>({
      ...look,
      ...told,
      id: own,
      topic: 'text',
      main: true,
      of: ({ fidelity }) => found(fidelity)?.value ?? null,
      base: ({ base }) => found(base.fidelity)?.value ?? null,
      interval: ({ fidelity }) => found(fidelity)?.interval ?? null,
    });
  };
  const cold = {
    name: () => t('cold {measure}', { measure: t(name) }),
    definition: () => t('The {measure} over cold targets alone.', { measure: t(name) }),
  };
  return { at, all: over(id, 'all', { name, definition }), cold: over(`cold-${id}`, 'cold', cold) };
}

export const decodability = fidelityMeasure({
  id: 'decodability',
  name: 'decodability gain',
  unit: 'nats per token',
  better: 'higher',
  tag: 'O',
  definition:
    'Nats per token that knowing h saves a decoder of the next item’s text; the decoder is the same for all arms and trained after them.',
});

export const decodedCategory = fidelityMeasure({
  id: 'decodedCategory',
  name: 'decoded category accuracy',
  unit: '%',
  scale: 100,
  digits: 1,
  better: 'higher',
  tag: 'O',
  definition:
    'Share of targets whose category equals that of the item whose text is most similar to the text that the probe decoder generates from h.',
});

export const decodedPath = fidelityMeasure({
  id: 'decodedPath',
  name: 'decoded path accuracy',
  unit: '%',
  scale: 100,
  digits: 1,
  better: 'higher',
  tag: 'O',
  definition: 'The decoded category accuracy for whole paths, such as lamp > electric lamp, over targets that have one.',
});

export const visualDecodability = fidelityMeasure({
  id: 'visualDecodability',
  name: 'visual decodability gain',
  unit: 'mean square',
  better: 'higher',
  tag: 'O',
  definition:
    'How much the held-out error of L_img falls if its decoder reads h; the decoder is the same for all arms and trained after them. Without h it knows how pictures of the catalogue look, and no more.',
});
