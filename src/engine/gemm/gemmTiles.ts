/** How a product is divided among threads, and which division suits a call. */

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
   * The lanes of a subgroup load this operand together, each a part, and broadcast it. The lanes lie along the other side of C:
   * `groupColumns` of them for A, `groupRows` for B, and that must be the adapter's subgroup size.
   */
  readonly broadcast?: 'A' | 'B';
  /** Stage both operands in workgroup memory, this deep (a multiple of 4; not with `broadcast` or `unroll`). */
  readonly staged?: number;
}

/** Relative speed within one list: measured on the adapter, or a preset. */
export interface RatedTile {
  readonly tile: GemmTile;
  readonly speed: number;
}

/** For extents that are not whole vectors: bounds-checked element loads make large tiles slow to compile, and such products are small. */
export const SCALAR_TILE: GemmTile = { rows: 4, columns: 4, groupRows: 8, groupColumns: 8 };

const GPU_TILES: readonly RatedTile[] = [{ tile: { rows: 4, columns: 4, groupRows: 8, groupColumns: 8 }, speed: 1 }];

/** Software adapters without subgroups: big register tiles, no workgroup memory, no barrier. */
const SOFTWARE_TILES: readonly RatedTile[] = [{ tile: { rows: 8, columns: 8, groupRows: 4, groupColumns: 4 }, speed: 1 }];

/** Software adapters with subgroups: their most expensive instruction is a vector load, and lanes that share loads through broadcasts save most of them. */
function laneTiles(lanes: 4 | 8): readonly RatedTile[] {
  return [
    { tile: { rows: 16, columns: lanes === 4 ? 8 : 4, groupRows: 4, groupColumns: lanes, broadcast: 'A' }, speed: 1 },
    { tile: { rows: 8, columns: 8, groupRows: lanes, groupColumns: 4, broadcast: 'B' }, speed: 0.75 },
  ];
}

/** Tiles to choose from if nothing was measured. @param subgroupSize null if subgroups are missing or vary in size */
export function presetTiles(software: boolean, subgroupSize: number | null): readonly RatedTile[] {
  if (!software) return GPU_TILES;
  return subgroupSize === 4 || subgroupSize === 8 ? laneTiles(subgroupSize) : SOFTWARE_TILES;
}

/** What autotuning tries on a GPU. */
export const TUNING_CANDIDATES: readonly GemmTile[] = [
  { rows: 4, columns: 4, groupRows: 8, groupColumns: 8 },
  { rows: 4, columns: 4, groupRows: 8, groupColumns: 8, unroll: 2 },
  { rows: 8, columns: 4, groupRows: 8, groupColumns: 8 },
  { rows: 8, columns: 8, groupRows: 8, groupColumns: 8 },
  { rows: 4, columns: 4, groupRows: 8, groupColumns: 8, staged: 16 },
  { rows: 4, columns: 4, groupRows: 16, groupColumns: 16, staged: 16 },
  { rows: 8, columns: 8, groupRows: 8, groupColumns: 8, staged: 8 },
  { rows: 8, columns: 8, groupRows: 16, groupColumns: 16, staged: 8 },
];

/** The tile with the lowest ratio of padded work to speed. */
export function chooseTile(tiles: readonly RatedTile[], rows: number, columns: number): GemmTile {
  const cost = ({ tile, speed }: RatedTile): number => {
    const unit = workUnit(tile);
    return (roundUp(rows, unit.rows) * roundUp(columns, unit.columns)) / speed;
  };
  return tiles.reduce((best, next) => (cost(next) < cost(best) ? next : best)).tile;
}

/** The part of C that is computed as a whole or not at all: a subgroup's or, with barriers, a workgroup's. */
function workUnit(tile: GemmTile): { rows: number; columns: number } {
  const rows = tile.rows * (tile.staged !== undefined || tile.broadcast === 'B' ? tile.groupRows : 1);
  return { rows, columns: tile.columns * (tile.broadcast === 'B' ? 1 : tile.groupColumns) };
}

function roundUp(n: number, unit: number): number {
  return unit * Math.ceil(n / unit);
}
