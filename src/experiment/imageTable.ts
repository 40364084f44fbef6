/** v of every item that has one, in the form that L_img reconstructs. */
import { firstPart } from '../log/restrictTraining';
import type { InteractionLog } from '../log/types';
import type { RunSpec } from '../recipe/runSpec';

export interface ImageTable {
  /** Numbers of v. */
  readonly size: number;
  /** Items with a v, in ascending order. */
  readonly pictured: Int32Array;
  /** v of one of them [size], centred and, over all of them, of mean square 1. */
  readonly of: (item: number) => Float32Array;
  /** v as the log has it, of one that is centred and scaled. */
  readonly unscaled: (v: ArrayLike<number>) => Float32Array;
}

/** By log: not every edit of a recipe should cost a pass over all items. */
const known = new WeakMap<InteractionLog, Map<string, ImageTable>>();

/**
 * Null if no arm has L_img. v is centred and divided by a single number, so that relative distances stay the same.
 * @throws RangeError if one has and the log has no visual features, or, for the control, no two categories
 */
export function imageTable(log: InteractionLog, spec: Pick<RunSpec, 'arms' | 'features'>): ImageTable | null {
  if (!spec.arms.some(({ lambdaImg }) => lambdaImg > 0)) return null;
  const kind = spec.features.visual;
  const tables = known.get(log) ?? new Map<string, ImageTable>();
  known.set(log, tables);
  const table = tables.get(kind) ?? standardised(log, kind === 'category' ? categories(log) : visual(log));
  tables.set(kind, table);
  return table;
}

interface Raw {
  readonly size: number;
  readonly pictured: Int32Array;
  /** [items, size] */
  readonly values: Float32Array;
}

function visual({ visual: features }: InteractionLog): Raw {
  if (features === undefined) {
    throw new RangeError(
      'An arm has λ_img, but this log has no visual features of its items. Set λ_img to 0, open the log together with them, or set features.visual to category.',
    );
  }
  return { size: features.width, values: features.values, pictured: where(features.present) };
}

/** The first parts of the categories, one-hot; of the items with a picture alone where the log has pictures. */
function categories(log: InteractionLog): Raw {
  const names = Array.from(log.items, ({ category }) => firstPart(category));
  const present = Uint8Array.from(names, (name, item) => Number(name !== '' && (log.visual?.present[item] ?? 1) === 1));
  const pictured = where(present);
  const columns = [...new Set(Array.from(pictured, (item) => names[item]!))].sort();
  if (columns.length < 2) {
    throw new RangeError('features.visual is category, but the items of this log have no two categories. Set it to images.');
  }
  const size = columns.length;
  const values = new Float32Array(names.length * size);
  for (const item of pictured) values[item * size + columns.indexOf(names[item]!)] = 1;
  return { size, pictured, values };
}

function where(present: Uint8Array): Int32Array {
  return Int32Array.from(Array.from(present.keys()).filter((item) => present[item] === 1));
}

function standardised({ items }: InteractionLog, { size, pictured, values }: Raw): ImageTable {
  const mean = new Float64Array(size);
  for (const item of pictured) for (let c = 0; c < size; c++) mean[c]! += values[item * size + c]!;
  for (let c = 0; c < size; c++) mean[c]! /= pictured.length;
  let squares = 0;
  for (const item of pictured) for (let c = 0; c < size; c++) squares += (values[item * size + c]! - mean[c]!) ** 2;
  const scale = Math.sqrt(squares / (pictured.length * size));
  if (scale === 0) throw new RangeError('All visual features of this log are the same, so there is nothing to reconstruct.');
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
