/** v of every item that has one, in the form that L_img reconstructs. */
import type { InteractionLog, VisualFeatures } from '../../log/types';
import type { RunSpec } from '../../recipe/runSpec';
import { visualFeatures } from './visualFeatures';
import { t } from '../../words/words';

export interface ImageTable {
  /** Size of v. */
  readonly size: number;
  /** Items with a v, in ascending order. */
  readonly pictured: Int32Array;
  /** v of one of them [size], centred and, over all of them, of mean square 1. */
  readonly of: (item: number) => Float32Array;
  /** v as the log has it, of one that is centred and scaled. */
  readonly unscaled: (v: ArrayLike<number>) => Float32Array;
}

/** Cached by log, so that an edit of a recipe need not cost a pass over all items. */
const known = new WeakMap<InteractionLog, Map<string, ImageTable>>();

/**
 * Null if no arm has L_img. v is centred and divided by a single number, so that relative distances stay the
 * same.
 * @throws RangeError if one has and the log has no visual features, or, for a control, no two categories
 */
export function imageTable(log: InteractionLog, spec: Pick<RunSpec, 'arms' | 'features'>): ImageTable | null {
  if (!spec.arms.some(({ lambdaImg }) => lambdaImg > 0)) return null;
  const kind = spec.features.visual;
  const tables = known.get(log) ?? new Map<string, ImageTable>();
  known.set(log, tables);
  const asked = { why: t('An arm has λ_img'), otherwise: t('Set λ_img to 0') };
  const table = tables.get(kind) ?? standardised(log, visualFeatures(log, kind, asked));
  tables.set(kind, table);
  return table;
}

function where(present: Uint8Array): Int32Array {
  return Int32Array.from(Array.from(present.keys()).filter((item) => present[item] === 1));
}

function standardised({ items }: InteractionLog, { width: size, present, values }: VisualFeatures): ImageTable {
  const pictured = where(present);
  const mean = new Float64Array(size);
  for (const item of pictured) for (let c = 0; c < size; c++) mean[c]! += values[item * size + c]!;
  for (let c = 0; c < size; c++) mean[c]! /= pictured.length;
  let squares = 0;
  for (const item of pictured) for (let c = 0; c < size; c++) squares += (values[item * size + c]! - mean[c]!) ** 2;
  const scale = Math.sqrt(squares / (pictured.length * size));
  if (scale === 0) throw new RangeError(t('All visual features of this log are the same, so there is nothing to reconstruct.'));
  const table = new Float32Array(items.length * size);
  for (const item of pictured) {
    for (let c = 0; c < size; c++) table[item * size + c] = (values[item * size + c]! - mean[c]!) / scale;
  }
  return {
    size,
    pictured,
    of: (item) => table.subarray(item * size, (item + 1) * size),
    unscaled: (v) => Float32Array.from(mean, (centre, c) => centre + scale * v[c]!),
  };
}
