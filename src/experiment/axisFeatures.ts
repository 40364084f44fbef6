/**
 * Item features by principal axes: parts of equal mean square length, centred, rotated to their leading axes, and partly whitened; beside them
 * collaborative factors, which are the same of the users × items matrix of training events. Definitions: docs/definitions.md. **[O]**
 */
import { inTurns, type TurnOptions } from '../log/turn';
import type { InteractionLog, Split } from '../log/types';
import { members, trainingMatrix, type Groups } from '../measures/ranking/groups';
import { principalAxes } from '../statistics/principalAxes';
import { MOST_AXIS_ROWS } from '../recipe/recipeForLog';
import type { RunSpec } from '../recipe/runSpec';
import { axesWidth, type FeatureTable } from './featureTables';
import { t } from '../words/words';

/** Axes of a smaller share of the largest variance are left out: what is there is rounding. */
const LEAST_VARIANCE = 1e-9;

/** Rows in float64. */
interface Rows {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/**
 * x [items, axesWidth]: content of length 1 and factors of length `collaborative`, both times √axes, so that numbers are about 1.
 * @param tables parts of the content, [items, width] each @throws RangeError if a matrix is too large; the signal's reason
 */
export async function axisFeatures(
  tables: readonly FeatureTable[],
  data: { readonly log: InteractionLog; readonly split: Split },
  spec: RunSpec['features'],
  { onProgress, signal }: TurnOptions = {},
): Promise<FeatureTable> {
  const { axes, whitening, collaborative } = spec;
  const items = data.log.items.length;
  const width = axesWidth(spec);
  const values = new Float32Array(items * width);
  const put = (part: Rows, at: number, length: number): void => {
    for (let item = 0; item < items; item++) {
      const row = part.values.subarray(item * part.columns, (item + 1) * part.columns);
      const own = Math.hypot(...row);
      const scale = own > 0 ? (length * Math.sqrt(axes)) / own : 0;
      row.forEach((value, k) => (values[item * width + at + k] = scale * value));
    }
  };
  const share = collaborative > 0 ? 0.5 : 1;
  const within = (from: number): TurnOptions => ({ onProgress: (done) => onProgress?.(from + share * done), signal });
  put(await contentAxes(centred(sideBySideScaled(tables, items)), axes, whitening, within(0)), 0, 1);
  if (collaborative > 0) put(await collaborativeFactors(data, spec, within(0.5)), axes, collaborative);
  return { width, values };
}

/**
 * Items along the principal axes of R, R_ui = 1/√(items of u · users of i) where user u has item i in training events, partly whitened. The first
 * axis, which is how often items occur, is 0; cold items have zeros. [items, axes]
 */
export async function collaborativeFactors(
  { log, split }: { readonly log: InteractionLog; readonly split: Split },
  { axes, whitening }: Pick<RunSpec['features'], 'axes' | 'whitening'>,
  options: TurnOptions = {},
): Promise<Rows> {
  const items = log.items.length;
  const { itemsOf, usersOf, users, trained: warm, column } = trainingMatrix(log, split);
  const sizes = { items: sizesOf(usersOf), users: sizesOf(itemsOf) };
  const weight = (user: number, item: number): number => 1 / Math.sqrt(sizes.users[user]! * sizes.items[item]!);
  const ofItems = warm.length <= users;
  const size = ofItems ? warm.length : users;
  checkSize(size);
  const gram = new Float64Array(size * size);
  const add = (i: number, j: number, value: number): void => {
    if (j <= i) gram[i * size + j]! += value;
  };
  if (ofItems) {
    for (let user = 0; user < users; user++) {
      const own = members(itemsOf, user);
      for (const i of own) for (const j of own) add(column[i]!, column[j]!, weight(user, i) * weight(user, j));
    }
  } else {
    for (const item of warm) {
      const own = members(usersOf, item);
      for (const i of own) for (const j of own) add(i, j, weight(i, item) * weight(j, item));
    }
  }
  const along = (direction: Float64Array, variance: number): Float64Array =>
    Float64Array.from(warm, (item, at) =>
      ofItems
        ? direction[at]! * Math.sqrt(variance)
        : members(usersOf, item).reduce((sum, user) => sum + weight(user, item) * direction[user]!, 0),
    );
  const found = await whitened(gram, warm.length, along, axes, whitening, options);
  const factors = new Float64Array(items * axes);
  warm.forEach((item, at) => {
    factors.set(found.subarray(at * axes + 1, (at + 1) * axes), item * axes + 1);
  });
  return { rows: items, columns: axes, values: factors };
}

function sizesOf(groups: Groups): Uint32Array {
  return Uint32Array.from({ length: groups.start.length - 1 }, (_, group) => groups.start[group + 1]! - groups.start[group]!);
}

/** Rows of centred parts along their leading axes, partly whitened. @throws RangeError if the matrix is too large */
async function contentAxes({ rows, columns, values }: Rows, axes: number, power: number, options: TurnOptions): Promise<Rows> {
  const ofColumns = columns <= rows;
  checkSize(Math.min(rows, columns));
  const along = (direction: Float64Array, variance: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) =>
      ofColumns ? product(values, row * columns, direction) : direction[row]! * Math.sqrt(variance),
    );
  const gram = await inTurns(products({ rows, columns, values }, ofColumns), { signal: options.signal });
  return { rows, columns: axes, values: await whitened(gram, rows, along, axes, power, options) };
}

/**
 * Rows along the leading principal axes, each axis divided by variance^(power/2): [rows, axes], 0 where there are no more axes.
 * @param gram products of columns or of rows, its lower triangle @param along the rows' places along an axis of it
 */
async function whitened(
  gram: Float64Array,
  rows: number,
  along: (direction: Float64Array, variance: number) => Float64Array,
  axes: number,
  power: number,
  options: TurnOptions,
): Promise<Float64Array> {
  const size = Math.sqrt(gram.length);
  const kept = Math.min(axes, size);
  const { axes: found, variances } = await principalAxes(gram, size, kept, options);
  const out = new Float64Array(rows * axes);
  for (let axis = 0; axis < kept; axis++) {
    const variance = variances[axis]!;
    if (!(variance > LEAST_VARIANCE * variances[0]!)) break;
    const places = along(found.subarray(axis * size, (axis + 1) * size), variance);
    const scale = variance ** (-power / 2);
    for (let row = 0; row < rows; row++) out[row * axes + axis] = scale * places[row]!;
  }
  return out;
}

function product(values: Float64Array, at: number, direction: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < direction.length; k++) sum += values[at + k]! * direction[k]!;
  return sum;
}

/** The lower triangle of xᵀx, or of xxᵀ; yields the share that is done. */
function* products({ rows, columns, values }: Rows, ofColumns: boolean): Generator<number, Float64Array> {
  const size = ofColumns ? columns : rows;
  const out = new Float64Array(size * size);
  if (!ofColumns) {
    for (let i = 0; i < rows; i++) {
      const own = values.subarray(i * columns, (i + 1) * columns);
      for (let j = 0; j <= i; j++) out[i * rows + j] = product(values, j * columns, own);
      yield (i + 1) / rows;
    }
    return out;
  }
  for (let row = 0; row < rows; row++) {
    const own = values.subarray(row * columns, (row + 1) * columns);
    for (let i = 0; i < columns; i++) {
      const value = own[i]!;
      for (let j = 0, at = i * columns; j <= i; j++, at++) out[at]! += value * own[j]!;
    }
    yield (row + 1) / rows;
  }
  return out;
}

/** Tables divided by the root of their rows' mean square length, side by side. */
function sideBySideScaled(tables: readonly FeatureTable[], items: number): Rows {
  const columns = tables.reduce((sum, { width }) => sum + width, 0);
  const values = new Float64Array(items * columns);
  let first = 0;
  for (const { width, values: table } of tables) {
    const square = table.reduce((sum, value) => sum + value * value, 0) / items;
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let item = 0; item < items; item++)
      for (let k = 0; k < width; k++) values[item * columns + first + k] = scale * table[item * width + k]!;
    first += width;
  }
  return { rows: items, columns, values };
}

/** The same less each column's mean, over the root of the number of rows, so that products are variances. */
function centred({ rows, columns, values }: Rows): Rows {
  const out = new Float64Array(values.length);
  for (let column = 0; column < columns; column++) {
    let mean = 0;
    for (let row = 0; row < rows; row++) mean += values[row * columns + column]! / rows;
    for (let row = 0; row < rows; row++) {
      const at = row * columns + column;
      out[at] = (values[at]! - mean) / Math.sqrt(rows);
    }
  }
  return { rows, columns, values: out };
}

/** @throws RangeError if the axes of a matrix of that size would take too long */
function checkSize(size: number): void {
  if (size <= MOST_AXIS_ROWS) return;
  throw new RangeError(
    t(
      'Principal axes of {rows} rows and columns take too long; {most} are the most. Set features.collaborative or features.axes to 0, or use a log with fewer users or items.',
      { rows: size, most: MOST_AXIS_ROWS },
    ),
  );
}
