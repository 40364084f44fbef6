/** Features x of every item: one table, or several side by side. */
import type { InteractionLog, LogEmbeddings, VisualFeatures } from '../../log/types';
import type { DecoderConfig } from '../../model/decoderConfig';
import type { RunSpec } from '../../recipe/runSpec';
import { ContentScores } from '../../measures/ranking/contentScores';
import { visualFeatures } from './visualFeatures';
import { t } from '../../words/words';

export interface FeatureTable {
  readonly width: number;
  /** [items, width] */
  readonly values: Float32Array;
}

/** @throws RangeError if the log has no embeddings */
export function ownEmbeddings({ embeddings }: Pick<InteractionLog, 'embeddings'>): LogEmbeddings {
  if (embeddings !== undefined) return embeddings;
  throw new RangeError(
    t(
      'The recipe uses item features from the log (features.source), but this log has none. Set it to lm, or open the log together with the embeddings of its items.',
    ),
  );
}

/** Visual features as part of x. */
function asInput(log: Pick<InteractionLog, 'items' | 'visual'>, { visual }: RunSpec['features']): VisualFeatures {
  const why = t('The recipe uses visual features as item features (features.source)');
  return visualFeatures(log, visual, { why, otherwise: t('Set it to lm') });
}

/** An item without any gets the mean of the others. @throws RangeError if the log has none */
export function visualInput(log: Pick<InteractionLog, 'items' | 'visual'>, features: RunSpec['features']): FeatureTable {
  const { width, present, ...visual } = asInput(log, features);
  const values = Float32Array.from(visual.values);
  const count = present.reduce((sum, has) => sum + has, 0);
  for (let column = 0; column < width; column++) {
    let mean = 0;
    present.forEach((has, item) => (mean += has === 1 ? visual.values[item * width + column]! / count : 0));
    present.forEach((has, item) => {
      if (has === 0) values[item * width + column] = mean;
    });
  }
  return { width, values };
}

/** Numbers in a table of words: 256 MB. */
const MOST_WORDS = 2 ** 26;

/**
 * TF-IDF weights of the items' texts as part of x, as in the baseline.
 * @throws RangeError if items × words are too many
 */
export function wordsInput(log: Pick<InteractionLog, 'items'>, itemTemplate: string): FeatureTable {
  const scores = ContentScores.ofTexts(log, itemTemplate);
  const items = log.items.length;
  if (items * scores.terms > MOST_WORDS)
    throw new RangeError(
      t('{items} items with {words} words are too many for words as item features. Set features.source to lm.', {
        items,
        words: scores.terms,
      }),
    );
  return { width: scores.terms, values: scores.dense() };
}

/** Size of a row of x by principal axes: what it lacks is 0. */
export function axesWidth({ axes, collaborative }: RunSpec['features']): number {
  return axes * (collaborative > 0 ? 2 : 1);
}

/** Kernels read vectors of four. */
function wholeVectors(width: number): number {
  return 4 * Math.ceil(width / 4);
}

/**
 * Size of a row of x, including the zeros at its end.
 * @throws RangeError if the recipe needs embeddings or visual features that the log lacks
 */
export function featureWidth(
  { features }: Pick<RunSpec, 'features'>,
  { hidden }: Pick<DecoderConfig, 'hidden'>,
  log: Pick<InteractionLog, 'items' | 'embeddings' | 'visual'>,
): number {
  const { source, axes } = features;
  const more = source.includes('own') ? ownEmbeddings(log).width : source.includes('visual') ? asInput(log, features).width : 0;
  if (axes > 0) return axesWidth(features);
  return wholeVectors((source.startsWith('lm') ? hidden : 0) + more);
}

/** Tables concatenated, with zeros at the end of each row up to a multiple of 4. */
export function sideBySide(tables: readonly FeatureTable[], items: number): FeatureTable {
  const width = wholeVectors(tables.reduce((sum, table) => sum + table.width, 0));
  const [first] = tables;
  if (tables.length === 1 && first!.width === width) return first!;
  const values = new Float32Array(items * width);
  for (let item = 0; item < items; item++) {
    let at = item * width;
    for (const table of tables) {
      values.set(table.values.subarray(item * table.width, (item + 1) * table.width), at);
      at += table.width;
    }
  }
  return { width, values };
}
