/** Attention sinks over item positions. `docs/metrics.md` gives each measure with its averaging rule. */
import type { ProbeSinks, Sinks } from '../../record/runRecord';

/**
 * Shape of an attention tensor: Float32Array [probes, layers, heads, length, length], query before key,
 * causal.
 */
export interface AttentionShape {
  readonly probes: number;
  readonly layers: number;
  readonly heads: number;
  readonly length: number;
}

/** Positions of one probe's items and its [EMB], counted from 0. */
export interface ProbePositions {
  /** Ascending, at least one. */
  readonly itemPositions: readonly number[];
  readonly embPosition: number;
}

/** Less total attention to items than this counts as none. */
const NO_MASS = 1e-9;

/**
 * Importance α_k = (1/(T−k+1)) Σ_{i≥k} A_{i,k}, k from 1: the mean attention that position k gets from the
 * rows that see it (Gu et al., ICLR 2025, arXiv 2410.10781).
 * @param map [T, T] one head's attention; entries above the diagonal are not read
 * @returns [T], α_k at index k−1
 */
export function importance(map: Float32Array, length: number): Float64Array {
  if (map.length !== length * length) throw new RangeError(`attention map of ${map.length} numbers is not ${length} × ${length}`);
  const alpha = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    for (let k = 0; k <= i; k++) alpha[k] = alpha[k]! + map[i * length + k]!;
  }
  for (let k = 0; k < length; k++) alpha[k] = alpha[k]! / (length - k);
  return alpha;
}

/**
 * Sink_k^ε: share of (probe, layer, head) with α_k > ε (Gu et al., arXiv 2410.10781).
 * @param position k−1, the position counted from 0
 */
export function sinkRate(attention: Float32Array, shape: AttentionShape, position: number, threshold: number): number {
  checkAttentionShape(attention, shape);
  if (!(position >= 0 && position < shape.length)) throw new RangeError(`position ${position} is outside 0…${shape.length - 1}`);
  const maps = shape.probes * shape.layers * shape.heads;
  let sinks = 0;
  for (let m = 0; m < maps; m++) {
    if (importance(mapAt(attention, shape, m), shape.length)[position]! > threshold) sinks++;
  }
  return maps === 0 ? 0 : sinks / maps;
}

/**
 * H₁, the first ⌈n/2⌉ item positions: those that many rows see, so that α and the barcode index are
 * meaningful.
 */
export function firstHalf(itemPositions: readonly number[]): readonly number[] {
  return itemPositions.slice(0, Math.ceil(itemPositions.length / 2));
}

function largestOf(alpha: Float64Array, positions: readonly number[]): number {
  return positions.reduce((largest, k) => Math.max(largest, alpha[k]!), 0);
}

/**
 * Barcode index B = ‖1·āᵀ‖²_F / ‖Ã‖²_F, ā the column mean of Ã: 1 when every row is the same, less the more
 * they differ. Ã = rows × H₁ of the attention, each row renormalised. H₁ = the first ⌈n/2⌉ item positions;
 * rows = all positions from the last one of H₁ on, so that each row sees all of H₁. (With H = all n items
 * only the last item row and [EMB] would see all of it: two rows, and B close to 1 whatever the model does.)
 * Rows without attention to H₁ are left out; with none left, B is 1. Uniform rows are equal rows too, so read
 * B together with the entropy.
 * @param map [T, T]
 */
export function barcodeIndex(map: Float32Array, length: number, itemPositions: readonly number[]): number {
  const keys = firstHalf(itemPositions);
  const columnSum = new Float64Array(keys.length);
  let rows = 0;
  let squares = 0;
  for (let i = keys[keys.length - 1] ?? length; i < length; i++) {
    let mass = 0;
    for (const k of keys) mass += map[i * length + k]!;
    if (!(mass > NO_MASS)) continue;
    rows++;
    for (let c = 0; c < keys.length; c++) {
      const share = map[i * length + keys[c]!]! / mass;
      columnSum[c] = columnSum[c]! + share;
      squares += share * share;
    }
  }
  if (rows === 0) return 1;
  // rows · Σ ā² with ā = columnSum / rows.
  let stripes = 0;
  for (const sum of columnSum) stripes += sum * sum;
  return stripes / rows / squares;
}

/**
 * Entropy of one attention row over the item positions, renormalised, divided by log n: 0 = one item, 1 =
 * uniform. n = 1 gives 1, and so does a row without attention to items.
 * @param map [T, T]
 * @param row query position, [EMB] for `embEntropy`
 */
export function itemEntropy(map: Float32Array, length: number, row: number, itemPositions: readonly number[]): number {
  if (itemPositions.length < 2) return 1;
  let mass = 0;
  for (const k of itemPositions) mass += map[row * length + k]!;
  if (!(mass > NO_MASS)) return 1;
  let entropy = 0;
  for (const k of itemPositions) {
    const share = map[row * length + k]! / mass;
    if (share > 0) entropy -= share * Math.log(share);
  }
  return entropy / Math.log(itemPositions.length);
}

/**
 * How much more attention items with a picture get: mean α over those of the first half of the item positions
 * minus mean α over the others there, [layers][heads], averaged over the probes that have both; null if none
 * has.
 * @param attention Float32Array [probes, layers, heads, T, T]
 * @param pictured by probe, one entry per item position
 */
export function pictureTable(
  attention: Float32Array,
  shape: AttentionShape,
  positions: readonly Pick<ProbePositions, 'itemPositions'>[],
  pictured: readonly (readonly boolean[])[],
): number[][] | null {
  checkAttentionShape(attention, shape);
  const { layers, heads, length } = shape;
  const table = zeros(layers, heads);
  const mixed = [...positions.keys()].flatMap((p) => {
    const half = firstHalf(positions[p]!.itemPositions);
    const has = half.filter((_, at) => pictured[p]![at] === true);
    const lacks = half.filter((_, at) => pictured[p]![at] !== true);
    return has.length === 0 || lacks.length === 0 ? [] : [{ p, has, lacks }];
  });
  if (mixed.length === 0) return null;
  for (const { p, has, lacks } of mixed) {
    for (let l = 0; l < layers; l++) {
      for (let h = 0; h < heads; h++) {
        const alpha = importance(mapAt(attention, shape, (p * layers + l) * heads + h), length);
        const mean = (of: readonly number[]): number => of.reduce((sum, k) => sum + alpha[k]!, 0) / of.length;
        table[l]![h] = table[l]![h]! + (mean(has) - mean(lacks)) / mixed.length;
      }
    }
  }
  return table;
}

/**
 * The [layer][head] tables of one model: every measure per probe, layer and head, then averaged over probes.
 * @param attention Float32Array [probes, layers, heads, T, T]
 * @param positions [probes]
 */
export function sinkTables(
  attention: Float32Array,
  shape: AttentionShape,
  positions: readonly ProbePositions[],
  threshold: number,
): Omit<ProbeSinks, 'means'> {
  checkAttentionShape(attention, shape);
  const { probes, layers, heads, length } = shape;
  if (positions.length !== probes) throw new RangeError(`${probes} probes but positions of ${positions.length}`);
  for (const probe of positions) checkPositions(probe, length);
  const tables = {
    firstHalfSinkRate: zeros(layers, heads),
    itemSinkRate: zeros(layers, heads),
    itemAlpha: zeros(layers, heads),
    firstAlpha: zeros(layers, heads),
    barcode: zeros(layers, heads),
    embEntropy: zeros(layers, heads),
  };
  for (let p = 0; p < probes; p++) {
    const { itemPositions, embPosition } = positions[p]!;
    for (let l = 0; l < layers; l++) {
      for (let h = 0; h < heads; h++) {
        const map = mapAt(attention, shape, (p * layers + l) * heads + h);
        const alpha = importance(map, length);
        const largest = largestOf(alpha, itemPositions);
        const add = (table: number[][], value: number): void => {
          table[l]![h] = table[l]![h]! + value / probes;
        };
        add(tables.firstHalfSinkRate, largestOf(alpha, firstHalf(itemPositions)) > threshold ? 1 : 0);
        add(tables.itemSinkRate, largest > threshold ? 1 : 0);
        add(tables.itemAlpha, largest);
        add(tables.firstAlpha, alpha[0]!);
        add(tables.barcode, barcodeIndex(map, length, itemPositions));
        add(tables.embEntropy, itemEntropy(map, length, embPosition, itemPositions));
      }
    }
  }
  return { length, probes, threshold, tables };
}

/** Of each table. */
export function tableMeans(tables: Sinks['tables']): Sinks['means'] {
  return Object.fromEntries(Object.entries(tables).map(([id, table]) => [id, tableMean(table)]));
}

function zeros(layers: number, heads: number): number[][] {
  return Array.from({ length: layers }, () => new Array<number>(heads).fill(0));
}

function mapAt(attention: Float32Array, { length }: AttentionShape, index: number): Float32Array {
  return attention.subarray(index * length * length, (index + 1) * length * length);
}

/** @throws RangeError when an attention tensor does not have the shape. */
export function checkAttentionShape(attention: Float32Array, { probes, layers, heads, length }: AttentionShape): void {
  if (attention.length !== probes * layers * heads * length * length) {
    throw new RangeError(
      `attention of ${attention.length} numbers is not ${probes} × ${layers} × ${heads} × ${length} × ${length}`,
    );
  }
}

function checkPositions({ itemPositions, embPosition }: ProbePositions, length: number): void {
  let before = -1;
  for (const k of itemPositions) {
    if (!(k > before && k < length)) throw new RangeError(`item positions must ascend within 0…${length - 1}`);
    before = k;
  }
  if (before < 0) throw new RangeError('a probe needs at least one item position');
  if (!(embPosition > before && embPosition < length)) throw new RangeError('[EMB] must stand after the items');
}

/** Mean of a [layer][head] table over layers and heads; 0 for an empty one. */
export function tableMean(table: readonly (readonly number[])[]): number {
  const values = table.flat();
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
