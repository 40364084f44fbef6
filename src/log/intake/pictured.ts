/** A vision model's features of the items' pictures, and how they become the log's visual features. */
import type { LogRecipe } from '../../recipe/logRecipe';
import { THUMBNAIL_SIDE, type VisualFeatures } from '../types';
import type { EmbeddingTable } from './embeddings';
import type { Counted } from './tally';

export interface Pictured {
  readonly model: NonNullable<LogRecipe['pictures']>;
  readonly table: EmbeddingTable;
  /** RGB [side, side, 3] by item number. */
  readonly thumbnails: ReadonlyMap<number, Uint8Array>;
  /** Pictures whose features were already stored. */
  readonly cached: number;
  /** Pictures that could not be used, and notes on those that were. */
  readonly leftOut: readonly Counted[];
  readonly notes: readonly Counted[];
}

/** The features of some items, in order; null if none of them has a picture. */
export function visualOf({ table, thumbnails }: Pictured, items: Int32Array): VisualFeatures | null {
  const visual = table.present(items);
  if (visual === null) return null;
  const bytes = 3 * THUMBNAIL_SIDE ** 2;
  const small = new Uint8Array(items.length * bytes);
  items.forEach((item, index) => {
    const thumbnail = thumbnails.get(item);
    if (thumbnail !== undefined) small.set(thumbnail, index * bytes);
  });
  return { ...visual, thumbnails: small };
}
