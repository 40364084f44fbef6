/**
 * Content test: does attention among items follow their positions or their content? Definition:
 * docs/metrics.md.
 */
import { forkRandom } from '../../log/random';
import { attentionMap } from './attentionCodec';
import { checkAttentionShape, type AttentionShape } from './sinks';

/** Number of seeded orders in which each probe history is read besides its own. */
export const PERMUTATIONS = 4;

/**
 * An order of `size` items other than their own; null if there are fewer than two.
 * @returns index of the item at each new position
 */
export function permutation(size: number, seed: number, probe: number, which: number): Uint32Array | null {
  if (size < 2) return null;
  const random = forkRandom(seed, 'content test', probe, which);
  const order = Uint32Array.from({ length: size }, (_, place) => place);
  do random.shuffle(order);
  while (order.every((item, place) => item === place));
  return order;
}

/** One attention map [T, T] and the rows of its items, which may differ in histories in another order. */
export interface PlacedMap {
  readonly map: Float32Array;
  readonly itemPositions: readonly number[];
}

/**
 * Pearson's correlation of two maps over pairs of item positions (query i, key k ≤ i): 1 = the same whatever
 * the items. Two maps without variance are equal and give 1; if only one has none, the result is 0.
 * @throws RangeError when the maps have different numbers of items
 */
export function mapCorrelation(a: PlacedMap, b: PlacedMap, length: number): number {
  const items = a.itemPositions.length;
  if (b.itemPositions.length !== items) throw new RangeError(`maps of ${items} and ${b.itemPositions.length} items`);
  const read = ({ map, itemPositions }: PlacedMap): number[] =>
    itemPositions.flatMap((row, i) => itemPositions.slice(0, i + 1).map((key) => map[row * length + key]!));
  const [x, y] = [deviations(read(a)), deviations(read(b))];
  const [ofX, ofY] = [dot(x, x), dot(y, y)];
  if (ofX === 0 || ofY === 0) return ofX === ofY ? 1 : 0;
  return dot(x, y) / Math.sqrt(ofX * ofY);
}

/**
 * Attention of some probe histories read in another order, [probes, layers, heads, T, T], with the rows of
 * their items.
 */
export interface PermutedMaps {
  readonly attention: Float32Array;
  readonly itemPositions: readonly (readonly number[])[];
}

/**
 * The [layer][head] table of one permutation: the correlation of each probe's map with that of its permuted
 * history, averaged over probes. Probes with one item have no other order and are left out; null if none is
 * left.
 */
export function contentTable(original: PermutedMaps, permuted: PermutedMaps, shape: AttentionShape): number[][] | null {
  const { probes, layers, heads, length } = shape;
  checkAttentionShape(original.attention, shape);
  checkAttentionShape(permuted.attention, shape);
  const movable = Array.from({ length: probes }, (_, probe) => probe).filter(
    (probe) => original.itemPositions[probe]!.length > 1,
  );
  if (movable.length === 0) return null;
  const correlation = (probe: number, layer: number, head: number): number => {
    const of = ({ attention, itemPositions }: PermutedMaps): PlacedMap => ({
      map: attentionMap(attention, shape, probe, layer, head),
      itemPositions: itemPositions[probe]!,
    });
    return mapCorrelation(of(original), of(permuted), length);
  };
  return Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: heads }, (_unused, head) =>
      movable.reduce((sum, probe) => sum + correlation(probe, layer, head) / movable.length, 0),
    ),
  );
}

/** Mean of [layer][head] tables, entry by entry; null without tables. */
export function meanOfTables(tables: readonly (readonly (readonly number[])[])[]): number[][] | null {
  const [first] = tables;
  if (first === undefined) return null;
  return first.map((row, layer) =>
    row.map((_, head) => tables.reduce((sum, table) => sum + table[layer]![head]! / tables.length, 0)),
  );
}

function deviations(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  // Differences of equal weights by float32 rounding are not variance.
  return values.map((value) => (Math.abs(value - mean) < 1e-7 ? 0 : value - mean));
}

function dot(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, value, index) => sum + value * y[index]!, 0);
}
