/** How a product is divided among threads, and which division suits a call. */
import type { Gpu } from '../../gpu/device';
import type { GemmKind } from './gemmCall';

export interface GemmTile {
  /** Rows and columns of C that a thread keeps in registers; multiples of 4. */
  readonly rows: number;
  readonly columns: number;
  /** Threads per workgroup along rows and columns of C. */
  readonly groupRows: number;
  readonly groupColumns: number;
  /** Steps of four numbers of the summed dimension in one iteration of the loop. */
  readonly unroll?: number;
  /**
   * The lanes of a subgroup load this operand together, each a part, and broadcast it. The lanes lie along
   * the other side of C: `groupColumns` of them for A, `groupRows` for B, and that must be the adapter's
   * subgroup size.
   */
  readonly broadcast?: 'A' | 'B';
  /**
   * With `broadcast`: ask for subgroups of that size, for adapters where sizes vary (`Gpu.subgroupChoice`).
   */
  readonly sized?: boolean;
  /**
   * With `broadcast`: take a thread's place from its subgroup and lane, whatever threads an adapter puts into
   * a subgroup (`Gpu.subgroupIds`).
   */
  readonly numbered?: boolean;
  /**
   * The lanes of a quad load A together, a quarter of the rows each, and exchange them (`gemmQuads.ts`).
   * `groupColumns` is 4 and `rows` a multiple of 16; extents, strides and offsets along rows must be
   * multiples of 8.
   */
  readonly quads?: boolean;
  /** With `quads`: read both operands from textures, to which they are copied (`gemmTexels.ts`). */
  readonly texels?: boolean;
  /**
   * Store rows in a loop that no compiler can write out (`loopBound`): less to compile. The sums are then an
   * array in memory, which on a GPU would cost more than it saves.
   */
  readonly looped?: boolean;
  /**
   * Stage both operands in workgroup memory, this deep (a multiple of 4; not with `broadcast` or `unroll`).
   */
  readonly staged?: number;
  /**
   * With `staged`: fill one half of the memory while the other is read, which needs one barrier instead of
   * two.
   */
  readonly doubled?: boolean;
  /**
   * Divide the summed dimension among as many threads of a workgroup, for results that are too small to
   * occupy a GPU (with no other option).
   */
  readonly split?: number;
}

/** A tile in the name of its kernels, rows first: `16x8 quads`. */
export function tileName(tile: GemmTile): string {
  const { rows, columns, unroll, broadcast, sized, numbered, quads, texels, looped, staged, doubled, split } = tile;
  const ways = [
    unroll !== undefined && `unrolled ${unroll}`,
    broadcast !== undefined && `broadcast ${broadcast}`,
    sized === true && 'sized',
    numbered === true && 'numbered',
    quads === true && 'quads',
    texels === true && 'texels',
    looped === true && 'looped',
    staged !== undefined && `staged ${staged}`,
    doubled === true && 'doubled',
    split !== undefined && `split ${split}`,
  ];
  return [`${rows}x${columns}`, ...ways.filter((way) => way !== false)].join(' ');
}

/** Relative speed within one list: measured on the adapter, or a preset. */
export interface RatedTile {
  readonly tile: GemmTile;
  readonly speed: number;
  /** Multiply-adds of a product from which on the tile is worth compiling. */
  readonly from?: number;
  /** The product that it was timed on; a rating without one holds for all. */
  readonly at?: TimedProduct;
}

/** A product on which tiles are timed. */
export interface TimedProduct {
  readonly kind: GemmKind;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Multiplied as half floats (`Matrix.f16`). */
  readonly f16?: boolean;
}

/**
 * For extents that are not whole vectors: bounds-checked element loads make large tiles slow to compile, and
 * such products are small.
 */
export const SCALAR_TILE: GemmTile = { rows: 4, columns: 4, groupRows: 8, groupColumns: 8 };

const GPU_TILES: readonly RatedTile[] = [{ tile: { rows: 4, columns: 4, groupRows: 8, groupColumns: 8 }, speed: 1 }];

/** Software adapters without subgroups: big register tiles, no workgroup memory, no barrier. */
const SOFTWARE_TILES: readonly RatedTile[] = [{ tile: { rows: 8, columns: 8, groupRows: 4, groupColumns: 4 }, speed: 1 }];

/**
 * Software adapters with subgroups: their most expensive instruction is a load, and lanes that share loads
 * save most of them. With four lanes, the tiles that share by exchange take 0.75 to 0.9 of the time of those
 * that broadcast, for extents that they can serve; the tallest one takes twice as long to compile. There,
 * small products have a tile that is hardly slower on them and compiles in a third of the time; from where it
 * is slower on, textures pay, which also compile faster than buffers. Measured in docs/bench.md.
 */
function laneTiles(lanes: 4 | 8): readonly RatedTile[] {
  const broadcastA = (rows: number, columns: number): GemmTile => ({
    rows,
    columns,
    groupRows: 4,
    groupColumns: lanes,
    broadcast: 'A',
  });
  const broadcastB = (rows: number): GemmTile => ({ rows, columns: 8, groupRows: lanes, groupColumns: 4, broadcast: 'B' });
  const looped = (tile: GemmTile): GemmTile => ({ ...tile, looped: true });
  if (lanes === 8) {
    return [
      { tile: looped(broadcastA(16, 4)), speed: 0.87 },
      { tile: looped(broadcastB(4)), speed: 0.65 },
    ];
  }
  const from = 6e4;
  return [
    { tile: looped(broadcastA(8, 4)), speed: 0.6 },
    { tile: broadcastA(16, 8), speed: 0.87, from },
    { tile: looped(broadcastB(8)), speed: 0.65, from },
    { tile: { rows: 16, columns: 8, groupRows: 4, groupColumns: 4, quads: true }, speed: 1, from },
    { tile: { rows: 32, columns: 8, groupRows: 4, groupColumns: 4, quads: true }, speed: 1.16, from: 4e8 },
    { tile: { rows: 16, columns: 8, groupRows: 4, groupColumns: 4, quads: true, texels: true }, speed: 1.4, from },
    { tile: { rows: 32, columns: 8, groupRows: 4, groupColumns: 4, quads: true, texels: true }, speed: 1.57, from: 3e8 },
  ];
}

/**
 * Tiles to choose from if nothing was measured.
 * @param subgroupSize null if subgroups are missing or vary in size
 */
export function presetTiles(software: boolean, subgroupSize: number | null): readonly RatedTile[] {
  if (!software) return GPU_TILES;
  return subgroupSize === 4 || subgroupSize === 8 ? laneTiles(subgroupSize) : SOFTWARE_TILES;
}

/**
 * What tiles are timed on: the products of a training step, for a hidden size of 256 with three times as many
 * units in the MLP, LoRA of rank 8 and 1,024 rows. In this order: a projection and its LoRA's A·x; the
 * gradients of its input and of A·x; those of A, of B and of a head.
 */
export const TUNED_PRODUCTS: readonly TimedProduct[] = [
  { kind: 'NT', rows: 1024, columns: 1536, depth: 256 },
  { kind: 'NT', rows: 1024, columns: 16, depth: 256 },
  { kind: 'NN', rows: 1024, columns: 256, depth: 1536 },
  { kind: 'NN', rows: 1024, columns: 16, depth: 1536 },
  { kind: 'TN', rows: 16, columns: 256, depth: 1024 },
  { kind: 'TN', rows: 768, columns: 8, depth: 1024 },
  { kind: 'TN', rows: 64, columns: 256, depth: 1024 },
];

/** The products with frozen matrices among them, in half precision: timed on GPUs that have it. */
const TUNED_F16_PRODUCTS: readonly TimedProduct[] = TUNED_PRODUCTS.filter(
  ({ kind, columns }) => kind !== 'TN' && columns > 16,
).map((product) => ({ ...product, f16: true }));

/** What tiles are timed on, on that adapter. */
export function tunedProducts({ adapter }: Pick<Gpu, 'adapter'>): readonly TimedProduct[] {
  return adapter.f16 ? [...TUNED_PRODUCTS, ...TUNED_F16_PRODUCTS] : TUNED_PRODUCTS;
}

/** What autotuning tries on every GPU. */
export const TUNING_CANDIDATES: readonly GemmTile[] = [
  { rows: 4, columns: 4, groupRows: 8, groupColumns: 8 },
  { rows: 4, columns: 4, groupRows: 8, groupColumns: 8, unroll: 2 },
  { rows: 8, columns: 4, groupRows: 8, groupColumns: 8 },
  { rows: 8, columns: 8, groupRows: 8, groupColumns: 8 },
  { rows: 4, columns: 4, groupRows: 8, groupColumns: 8, staged: 16 },
  { rows: 4, columns: 4, groupRows: 16, groupColumns: 16, staged: 16 },
  { rows: 8, columns: 8, groupRows: 8, groupColumns: 8, staged: 8 },
  { rows: 8, columns: 8, groupRows: 16, groupColumns: 16, staged: 8 },
  { rows: 4, columns: 4, groupRows: 16, groupColumns: 16, staged: 8, doubled: true },
  { rows: 8, columns: 8, groupRows: 8, groupColumns: 8, staged: 8, doubled: true },
  { rows: 8, columns: 8, groupRows: 8, groupColumns: 16, staged: 8, doubled: true },
  { rows: 8, columns: 4, groupRows: 8, groupColumns: 8, staged: 32 },
  { rows: 4, columns: 4, groupRows: 4, groupColumns: 4, split: 8 },
  { rows: 4, columns: 4, groupRows: 2, groupColumns: 4, split: 32 },
  { rows: 16, columns: 8, groupRows: 8, groupColumns: 4, quads: true },
];

/** Lanes of a subgroup that tiles with broadcasts are tried for, and the threads of their workgroups. */
const BROADCAST_LANES = [4, 8, 16, 32, 64];
const BROADCAST_THREADS = 64;

/**
 * What autotuning tries on a GPU: the candidates for all, and tiles that broadcast among the lanes of its
 * subgroups.
 */
export function tuningCandidates({
  subgroupSize,
  subgroupChoice,
  subgroupIds,
}: Pick<Gpu, 'subgroupSize' | 'subgroupChoice' | 'subgroupIds'>): readonly GemmTile[] {
  const sizes = subgroupSize === null ? subgroupChoice : [subgroupSize];
  const ways = { ...(subgroupSize === null && { sized: true }), ...(subgroupIds && { numbered: true }) };
  const broadcast = sizes
    .filter((lanes) => BROADCAST_LANES.includes(lanes))
    .flatMap((lanes): GemmTile[] => [
      { rows: 16, columns: 4, groupRows: BROADCAST_THREADS / lanes, groupColumns: lanes, broadcast: 'A', ...ways },
      { rows: 8, columns: 8, groupRows: lanes, groupColumns: BROADCAST_THREADS / lanes, broadcast: 'B', ...ways },
    ]);
  return [...TUNING_CANDIDATES, ...broadcast];
}

/** Steps whose products half floats may sum. */
const MOST_F16_STEPS = 16;

/** Whether a tile can multiply half floats. */
export function servesF16({ quads, staged = 0 }: GemmTile): boolean {
  return quads !== true && staged <= MOST_F16_STEPS;
}

/** A product as far as the choice of its tile goes. */
export interface ProductShape extends TimedProduct {
  /** Extents, strides and offsets along rows are multiples of 8. */
  readonly aligned: boolean;
  /** Its operands can be copied to textures (`fitsTexels`). */
  readonly copies: boolean;
}

/**
 * The tile with the lowest ratio of padded work to speed, of those that can serve the product; `SCALAR_TILE`
 * if none can. Of ratings that were timed on some product, those of the most similar one of the same kind
 * count.
 */
export function chooseTile(tiles: readonly RatedTile[], shape: ProductShape): GemmTile {
  const { rows, columns, depth, aligned, copies } = shape;
  const serves = (tile: GemmTile): boolean =>
    (tile.quads !== true || aligned) && (tile.texels !== true || copies) && (shape.f16 !== true || servesF16(tile));
  const cost = ({ tile, speed }: RatedTile): number => paddedWork(tile, shape) / speed;
  const similar = mostSimilar(tiles, shape);
  const usable = tiles.filter(
    ({ tile, from = 0, at = similar }) => at === similar && serves(tile) && rows * columns * depth >= from,
  );
  const [first, ...rest] = usable;
  if (first === undefined) return SCALAR_TILE;
  return rest.reduce((best, next) => (cost(next) < cost(best) ? next : best), first).tile;
}

/** More than extents can be apart. */
const OTHER_ARITHMETIC = 1e3;

/** The timed product of a kind whose extents are nearest, by the sum of their logarithms' distances. */
function mostSimilar(tiles: readonly RatedTile[], shape: TimedProduct): TimedProduct | undefined {
  const distance = (at: TimedProduct): number =>
    // Ratings in the other arithmetic only where there are none in this one.
    ((at.f16 ?? false) === (shape.f16 ?? false) ? 0 : OTHER_ARITHMETIC) +
    Math.abs(Math.log(at.rows / shape.rows)) +
    Math.abs(Math.log(at.columns / shape.columns)) +
    Math.abs(Math.log(at.depth / Math.max(1, shape.depth)));
  let nearest: TimedProduct | undefined;
  let least = Infinity;
  let before: TimedProduct | undefined;
  for (const { at } of tiles) {
    // Every product of every step asks, and ratings of one timed product stand together.
    if (at === before) continue;
    before = at;
    if (at?.kind !== shape.kind) continue;
    const away = distance(at);
    if (away < least) [nearest, least] = [at, away];
  }
  return nearest;
}

/**
 * Multiply-adds per number of the summed dimension that a tile does for a product, those past its edges
 * included.
 */
export function paddedWork(tile: GemmTile, { rows, columns }: Pick<TimedProduct, 'rows' | 'columns'>): number {
  const unit = workUnit(tile);
  return roundUp(rows, unit.rows) * roundUp(columns, unit.columns);
}

/** The part of C that is computed as a whole or not at all: a subgroup's or, with barriers, a workgroup's. */
function workUnit(tile: GemmTile): { rows: number; columns: number } {
  const whole = tile.staged !== undefined || tile.split !== undefined;
  const rows = tile.rows * (whole || tile.broadcast === 'B' ? tile.groupRows : 1);
  return { rows, columns: tile.columns * (tile.broadcast === 'B' ? 1 : tile.groupColumns) };
}

function roundUp(n: number, unit: number): number {
  return unit * Math.ceil(n / unit);
}
