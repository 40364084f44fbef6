import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/device';
import { openNodeGpu } from '../../gpu/node';
import { MemoryTuning } from '../../testing/memoryTuning';
import {
  chooseTile,
  paddedWork,
  presetTiles,
  tileName,
  TUNING_CANDIDATES,
  tuningCandidates,
  type GemmTile,
  type RatedTile,
  type TimedProduct,
} from './gemmTiles';
import { prepareTiles, rateTiles, tileOrigin, deviceTiles, tuneGemm } from './gemmTuning';

const GOOD: GemmTile = { rows: 4, columns: 4, groupRows: 4, groupColumns: 4 };
/** More threads than a workgroup may have. */
const BROKEN: GemmTile = { rows: 4, columns: 4, groupRows: 64, groupColumns: 64 };
/** Asks for subgroups that no software adapter has. */
const LARGE: GemmTile = { rows: 16, columns: 4, groupRows: 1, groupColumns: 64, broadcast: 'A', sized: true };
const STAGED: GemmTile = { rows: 4, columns: 4, groupRows: 4, groupColumns: 4, staged: 8 };
const WIDE: TimedProduct = { kind: 'NT', rows: 32, columns: 64, depth: 32 };
const THIN: TimedProduct = { kind: 'TN', rows: 8, columns: 32, depth: 32 };
const OPTIONS = { candidates: [GOOD, BROKEN, LARGE, STAGED], products: [WIDE, THIN], least: 0, budget: Infinity };

describe('tuning', () => {
  /** Not the shared one, on which other files would compute with the tiles that are timed here. */
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await openNodeGpu();
  });
  afterAll(() => {
    gpu.device.destroy();
  });

  it('rates the tiles that work, fastest first, and leaves out the others', async () => {
    const ratings = await rateTiles(gpu, OPTIONS);
    for (const product of OPTIONS.products) {
      const [first, second, ...others] = ratings.filter(({ at }) => at === product);
      expect(new Set([first!.tile, second!.tile])).toEqual(new Set([GOOD, STAGED]));
      expect(others).toEqual([]);
      const cost = ({ tile, speed }: RatedTile): number => paddedWork(tile, product) / speed;
      expect(cost(first!)).toBeLessThanOrEqual(cost(second!));
    }
  });

  it('tries at least one tile for each product, however little time there is', async () => {
    const ratings = await rateTiles(gpu, { ...OPTIONS, budget: 0 });
    expect(ratings.map(({ tile, at }) => [tile, at])).toEqual([
      [GOOD, WIDE],
      [GOOD, THIN],
    ]);
  });

  it('lets the most similar product of the same kind decide', () => {
    const ratings = [
      { tile: GOOD, speed: 1, at: WIDE },
      { tile: STAGED, speed: 9, at: THIN },
      { tile: STAGED, speed: 1, at: { ...WIDE, columns: 4 } },
    ];
    const call = { rows: 32, depth: 32, aligned: true, copies: true };
    expect(chooseTile(ratings, { ...call, kind: 'NT', columns: 48 })).toBe(GOOD);
    expect(chooseTile(ratings, { ...call, kind: 'NT', columns: 8 })).toBe(STAGED);
    expect(chooseTile(ratings, { ...call, kind: 'TN', columns: 48 })).toBe(STAGED);
  });

  it('names tiles by what tells them apart', () => {
    expect(tileName(GOOD)).toBe('4x4');
    expect(tileName({ ...STAGED, doubled: true })).toBe('4x4 staged 8 doubled');
    const tiles = tuningCandidates({ subgroupSize: null, subgroupChoice: [8, 16, 32], subgroupIds: true });
    const names = tiles.map((tile) => `${tileName(tile)} ${tile.groupRows}x${tile.groupColumns}`);
    expect(new Set(names).size).toBe(tiles.length);
  });

  it('tries broadcasts among the lanes of a subgroup, asks for its size only where sizes vary, and for its number where it can', () => {
    const broadcast = (sizes: Pick<Gpu, 'subgroupSize' | 'subgroupChoice'>, subgroupIds = false): GemmTile[] => {
      const tiles = tuningCandidates({ ...sizes, subgroupIds });
      expect(tiles.slice(0, TUNING_CANDIDATES.length)).toEqual(TUNING_CANDIDATES);
      return tiles.slice(TUNING_CANDIDATES.length);
    };
    expect(broadcast({ subgroupSize: null, subgroupChoice: [] })).toEqual([]);
    const fixed = broadcast({ subgroupSize: 32, subgroupChoice: [] });
    expect(fixed.map(({ groupRows, groupColumns, sized }) => [groupRows, groupColumns, sized])).toEqual([
      [2, 32, undefined],
      [32, 2, undefined],
    ]);
    const varied = broadcast({ subgroupSize: null, subgroupChoice: [16, 32, 128] });
    expect(varied.map(tileName)).toEqual([
      '16x4 broadcast A sized',
      '8x8 broadcast B sized',
      '16x4 broadcast A sized',
      '8x8 broadcast B sized',
    ]);
    const numbered = broadcast({ subgroupSize: null, subgroupChoice: [64] }, true);
    expect(numbered.map(tileName)).toEqual(['16x4 broadcast A sized numbered', '8x8 broadcast B sized numbered']);
  });

  it('keeps ratings, reads them the next time, and repeats the timing if they are damaged', async () => {
    const store = new MemoryTuning();
    expect(deviceTiles(gpu)).toEqual(presetTiles(gpu.adapter.fallback, gpu.subgroupSize));
    expect(tileOrigin(gpu)).toEqual({ tiles: 'preset' });
    await tuneGemm(gpu, store, OPTIONS);
    expect(tileOrigin(gpu)).toEqual({ tiles: 'timed' });
    const first = deviceTiles(gpu);
    expect(first.map(({ tile }) => tile)).toContainEqual(GOOD);
    await tuneGemm(gpu, store, OPTIONS);
    expect(deviceTiles(gpu)).toEqual(first);
    expect(store.writes).toBe(1);
    for (const key of store.kept.keys()) store.kept.set(key, '[{"tile":');
    await tuneGemm(gpu, store, OPTIONS);
    expect(store.writes).toBe(2);
  });

  it('is for GPUs: a software adapter has its preset, whatever it is called', async () => {
    const opened = await openNodeGpu();
    const store = new MemoryTuning();
    const as = (fallback: boolean): Gpu => ({ ...opened, adapter: { ...opened.adapter, vendor: 'nvidia', fallback } });
    await prepareTiles(as(true), store, OPTIONS);
    expect([deviceTiles(as(true)), store.writes]).toEqual([presetTiles(true, opened.subgroupSize), 0]);
    await prepareTiles(as(false), store, OPTIONS);
    expect([tileOrigin(opened), store.writes]).toEqual([{ tiles: 'timed' }, 1]);
    opened.device.destroy();
  });
});
