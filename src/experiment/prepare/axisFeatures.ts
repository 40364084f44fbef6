/**
 * Item features by principal axes: parts of equal mean square length, centred, rotated to their leading axes,
 * and partly whitened; beside them collaborative factors, which are the same of the users × items matrix of
 * training events, not whitened. Definitions: docs/method.md. **[O]**
 */
import { inTurns, type TurnOptions } from '../../log/turn';
import type { InteractionLog, Split } from '../../log/types';
import { members, trainingMatrix, type Groups } from '../../measures/ranking/groups';
import { principalAxes } from '../../statistics/principalAxes';
import { MOST_AXIS_ROWS } from '../../recipe/recipeForLog';
import { WHITENING, type RunSpec } from '../../recipe/runSpec';
import { axesWidth, type FeatureTable } from './featureTables';
import { t } from '../../words/words';

/** Axes of a smaller share of the largest variance are left out: what is there is rounding. */
const LEAST_VARIANCE = 1e-9;

/** Rows in float64. */
interface Rows {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/**
 * x [items, axesWidth]: content of length 1 and factors of length `collaborative`, both times √axes, so that
 * numbers are about 1.
 * @param tables parts of the content, [items, width] each @param whitening of the content's axes
 * @throws RangeError if a matrix is too large; the signal's reason
 */
export async function axisFeatures(
  tables: readonly FeatureTable[],
  data: { readonly log: InteractionLog; readonly split: Split },
  spec: RunSpec['features'],
  { onProgress, signal }: TurnOptions = {},
  whitening = WHITENING,
): Promise<FeatureTable> {
  const { axes, collaborative } = spec;
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
  put(await contentAxes(sideBySideScaled(tables, items), axes, whitening, within(0)), 0, 1);
  if (collaborative > 0) put(await collaborativeFactors(data, axes, within(0.5)), axes, collaborative);
  return { width, values };
}

/**
 * Items along the principal axes of R, R_ui = 1/√(items of u · users of i) where user u has item i in
 * training events, not whitened. The first axis, which is how often items occur, is 0; cold items have zeros.
 * [items, axes]
 */
export async function collaborativeFactors(
  { log, split }: { readonly log: InteractionLog; readonly split: Split },
  axes: number,
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
  const found = await whitened(gram, warm.length, along, axes, 0, options);
  const factors = new Float64Array(items * axes);
  warm.forEach((item, at) => {
    factors.set(found.subarray(at * axes + 1, (at + 1) * axes), item * axes + 1);
  });
  return { rows: items, columns: axes, values: factors };
}

function sizesOf(groups: Groups): Uint32Array {
  return Uint32Array.from({ length: groups.start.length - 1 }, (_, group) => groups.start[group + 1]! - groups.start[group]!);
}

/**
 * Rows of centred parts along their leading axes, partly whitened.
 * @throws RangeError if the matrix is too large
 */
async function contentAxes(parts: Rows, axes: number, power: number, options: TurnOptions): Promise<Rows> {
  const { rows, columns } = parts;
  checkSize(Math.min(rows, columns));
  if (columns > rows) {
    const { values } = centred(parts);
    const gram = await inTurns(rowProducts({ rows, columns, values }), { signal: options.signal });
    const places = (direction: Float64Array, variance: number): Float64Array =>
      direction.map((value) => value * Math.sqrt(variance));
    return { rows, columns: axes, values: await whitened(gram, rows, places, axes, power, options) };
  }
  const sparse = sparseRows(parts);
  const gram = await inTurns(covariance(sparse), { signal: options.signal });
  return { rows, columns: axes, values: await whitened(gram, rows, (axis) => placesOf(sparse, axis), axes, power, options) };
}

/**
 * Rows along the leading principal axes, each axis divided by variance^(power/2): [rows, axes], 0 where there
 * are no more axes.
 * @param gram products of columns or of rows, its lower triangle @param along the rows' places along an axis
 * of it
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

/** The lower triangle of xxᵀ; yields the share that is done. */
function* rowProducts({ rows, columns, values }: Rows): Generator<number, Float64Array> {
  const out = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    const own = values.subarray(i * columns, (i + 1) * columns);
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0, at = j * columns; k < columns; k++, at++) sum += values[at]! * own[k]!;
      out[i * rows + j] = sum;
    }
    yield (i + 1) / rows;
  }
  return out;
}

/**
 * Rows less a shift of each column, which leaves most entries 0: a column's mean where it is mostly not 0.
 */
interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  /** Where the entries of each row begin, and of the one after the last. */
  readonly start: Uint32Array;
  readonly column: Uint32Array;
  readonly value: Float64Array;
  /** Means of the columns after the shift. */
  readonly mean: Float64Array;
}

function sparseRows({ rows, columns, values }: Rows): SparseRows {
  const mean = new Float64Array(columns);
  const filled = new Uint32Array(columns);
  for (let at = 0; at < values.length; at++) {
    mean[at % columns]! += values[at]! / rows;
    if (values[at] !== 0) filled[at % columns]! += 1;
  }
  const shift = mean.map((value, k) => (2 * filled[k]! > rows ? value : 0));
  const start = new Uint32Array(rows + 1);
  for (let at = 0; at < values.length; at++) if (values[at] !== shift[at % columns]) start[Math.floor(at / columns) + 1]! += 1;
  for (let row = 0; row < rows; row++) start[row + 1]! += start[row]!;
  const column = new Uint32Array(start[rows]!);
  const value = new Float64Array(column.length);
  for (let at = 0, entry = 0; at < values.length; at++) {
    const k = at % columns;
    if (values[at] === shift[k]) continue;
    column[entry] = k;
    value[entry++] = values[at]! - shift[k]!;
  }
  return { rows, columns, start, column, value, mean: mean.map((one, k) => one - shift[k]!) };
}

/** The lower triangle of the columns' covariance; yields the share that is done. */
function* covariance({ rows, columns, start, column, value, mean }: SparseRows): Generator<number, Float64Array> {
  const out = new Float64Array(columns * columns);
  for (let row = 0; row < rows; row++) {
    for (let i = start[row]!; i < start[row + 1]!; i++) {
      const own = value[i]! / rows;
      const at = column[i]! * columns;
      for (let j = start[row]!; j <= i; j++) out[at + column[j]!]! += own * value[j]!;
    }
    yield (row + 1) / rows;
  }
  for (let i = 0; i < columns; i++) for (let j = 0; j <= i; j++) out[i * columns + j]! -= mean[i]! * mean[j]!;
  return out;
}

/** Centred rows along an axis, over the root of their number. */
function placesOf({ rows, start, column, value, mean }: SparseRows, axis: Float64Array): Float64Array {
  const centre = mean.reduce((sum, one, k) => sum + one * axis[k]!, 0);
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = -centre;
    for (let entry = start[row]!; entry < start[row + 1]!; entry++) sum += value[entry]! * axis[column[entry]!]!;
    return sum / Math.sqrt(rows);
  });
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
