import { beforeAll, describe, expect, it } from 'vitest';
import { sharedGpu } from '../../testing/sharedGpu';
import type { Gpu } from '../../gpu/device';
import { presetTiles, type GemmTile } from './gemmTiles';
import { prepareTiles, rateTiles, tilesOf, tuneGemm, type TuningStore } from './gemmTuning';

const GOOD: GemmTile = { rows: 4, columns: 4, groupRows: 4, groupColumns: 4 };
/** More threads than a workgroup may have. */
const BROKEN: GemmTile = { rows: 4, columns: 4, groupRows: 64, groupColumns: 64 };
const STAGED: GemmTile = { rows: 4, columns: 4, groupRows: 4, groupColumns: 4, staged: 8 };
const OPTIONS = { candidates: [GOOD, BROKEN, STAGED], size: 32, repeats: 1 };

class MemoryStore implements TuningStore {
  readonly kept = new Map<string, string>();
  writes = 0;
  read(key: string): Promise<string | null> {
    return Promise.resolve(this.kept.get(key) ?? null);
  }
  write(key: string, ratings: string): Promise<void> {
    this.kept.set(key, ratings);
    this.writes += 1;
    return Promise.resolve();
  }
}

describe('tuning', () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await sharedGpu();
  });

  it('rates the tiles that work, fastest first, and leaves out the others', async () => {
    const ratings = await rateTiles(gpu, OPTIONS);
    expect(new Set(ratings.map(({ tile }) => tile))).toEqual(new Set([GOOD, STAGED]));
    expect(ratings[0]!.speed).toBeGreaterThanOrEqual(ratings[1]!.speed);
  });

  it('keeps ratings, reads them the next time, and repeats the timing if they are damaged', async () => {
    const store = new MemoryStore();
    expect(tilesOf(gpu)).toEqual(presetTiles(gpu.adapter.fallback, gpu.subgroupSize));
    await tuneGemm(gpu, store, OPTIONS);
    const first = tilesOf(gpu);
    expect(first.map(({ tile }) => tile)).toContainEqual(GOOD);
    await tuneGemm(gpu, store, OPTIONS);
    expect(tilesOf(gpu)).toEqual(first);
    expect(store.writes).toBe(1);
    for (const key of store.kept.keys()) store.kept.set(key, '[{"tile":');
    await tuneGemm(gpu, store, OPTIONS);
    expect(store.writes).toBe(2);
  });

  it('runs once for an adapter, and never for a software adapter', async () => {
    const store = new MemoryStore();
    for (const [fallback, writes] of [
      [true, 0],
      [false, 1],
      [false, 1],
    ] as const) {
      await prepareTiles({ ...gpu, adapter: { ...gpu.adapter, fallback } }, store, OPTIONS);
      expect(store.writes).toBe(writes);
    }
    expect(tilesOf(gpu).map(({ tile }) => tile)).toContainEqual(GOOD);
  });
});
