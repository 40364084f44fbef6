import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/device';
import { openNodeGpu } from '../../gpu/node';
import { MemoryTuning } from '../../testing/memoryTuning';
import { presetTiles, tunedProducts, tuningCandidates, type GemmTile, type TimedProduct } from './gemmTiles';
import { tileOrigin, tilesOf } from './gemmTuning';
import { cardOf, knownCardsSchema, ratingsOf, type KnownCard } from './knownCards';
import { prepareTiles } from './prepareTiles';
import type { TimedTile } from './ratings';

const SMALL: GemmTile = { rows: 4, columns: 4, groupRows: 4, groupColumns: 4 };
const STAGED: GemmTile = { ...SMALL, staged: 8 };
/** Serves no product whose extents are no multiples of 8. */
const QUADS: GemmTile = { rows: 16, columns: 8, groupRows: 8, groupColumns: 4, quads: true };
/** For subgroups of a size that the device of the test has not. */
const FOREIGN: GemmTile = { rows: 16, columns: 4, groupRows: 1, groupColumns: 128, broadcast: 'A' };
/** More threads than a workgroup may have. */
const BROKEN: GemmTile = { rows: 4, columns: 4, groupRows: 64, groupColumns: 64 };
const WIDE: TimedProduct = { kind: 'NT', rows: 32, columns: 64, depth: 32 };
const THIN: TimedProduct = { kind: 'TN', rows: 8, columns: 32, depth: 32 };
const OPTIONS = { candidates: [SMALL, STAGED, QUADS], products: [WIDE, THIN], least: 0, budget: Infinity };

/** A rating as it comes from JSON: with objects of its own. */
function rating(tile: GemmTile, at: TimedProduct, speed: number): TimedTile {
  return { tile: { ...tile }, speed, at: { ...at } };
}

const CARD: KnownCard = {
  vendor: 'nvidia',
  architecture: 'lovelace',
  card: 'RTX 4090',
  runtime: 'Chromium 156.0.1',
  date: '2026-01-31',
  tiles: [rating(FOREIGN, WIDE, 9), rating(STAGED, WIDE, 8), rating(SMALL, WIDE, 7), rating(SMALL, THIN, 2)],
};

describe('the tiles of a device', () => {
  /** Its name is that of a GPU, its tiles start anew in every test. */
  let gpu: Gpu;
  let store: MemoryTuning;
  /** Submits so far: what is tried or timed is submitted. */
  let submits: number;
  beforeEach(async () => {
    const opened = await openNodeGpu();
    gpu = { ...opened, adapter: { ...opened.adapter, vendor: 'nvidia', architecture: 'lovelace', fallback: false } };
    store = new MemoryTuning();
    submits = 0;
    const submit = gpu.device.queue.submit.bind(gpu.device.queue);
    gpu.device.queue.submit = (buffers) => {
      submits += 1;
      submit(buffers);
    };
  });
  afterEach(() => {
    gpu.device.destroy();
  });

  it('are those of the table for a known GPU, tried once and not stored', async () => {
    await prepareTiles(gpu, store, { ...OPTIONS, cards: [{ ...CARD, architecture: 'ampere', tiles: [] }, CARD] });
    expect(tilesOf(gpu)).toEqual([
      { tile: STAGED, speed: 8, at: WIDE },
      { tile: SMALL, speed: 7, at: WIDE },
      { tile: SMALL, speed: 2, at: THIN },
    ]);
    // By which `chooseTile` tells products apart.
    expect(tilesOf(gpu).map(({ at }) => OPTIONS.products.indexOf(at!))).toEqual([0, 0, 1]);
    expect(tileOrigin(gpu)).toEqual({ tiles: 'table', card: { name: 'RTX 4090', date: '2026-01-31' } });
    expect(store.writes).toBe(0);
  });

  it('are those of the table for every product and tile that tuning would try', () => {
    const candidates = tuningCandidates(gpu);
    const products = tunedProducts({ adapter: { ...gpu.adapter, f16: true } });
    const tiles = products.flatMap((at) => candidates.map((tile, i) => rating(tile, at, i + 1)));
    const [card] = knownCardsSchema.parse([{ ...CARD, tiles }]);
    expect(ratingsOf(card!, { candidates, products })).toEqual(tiles);
  });

  it('are those of the table that work here, and are timed if too few do', async () => {
    const candidates = [SMALL, BROKEN];
    const tiles = [rating(BROKEN, WIDE, 9), rating(SMALL, WIDE, 7), rating(SMALL, THIN, 2)];
    await prepareTiles(gpu, store, { ...OPTIONS, candidates, cards: [{ ...CARD, tiles }] });
    expect(tileOrigin(gpu).tiles).toBe('table');
    expect(tilesOf(gpu)).toEqual([
      { tile: SMALL, speed: 7, at: WIDE },
      { tile: SMALL, speed: 2, at: THIN },
    ]);
    const few = [rating(BROKEN, WIDE, 9), rating(SMALL, THIN, 2)];
    await prepareTiles(gpu, store, { ...OPTIONS, candidates, cards: [{ ...CARD, tiles: few }] });
    expect(tileOrigin(gpu).tiles).toBe('timed');
    expect(store.writes).toBe(1);
  });

  it('are timed once and then kept, where the table has no such GPU', async () => {
    for (const cards of [[{ ...CARD, architecture: 'ampere' }], []]) {
      await prepareTiles(gpu, store, { ...OPTIONS, cards });
      expect(tileOrigin(gpu)).toEqual({ tiles: 'timed' });
      expect(store.writes).toBe(1);
    }
    expect(tilesOf(gpu).map(({ tile }) => tile)).toContainEqual(SMALL);
    expect(submits).toBeGreaterThan(0);
  });

  it('are timed where an entry lacks a product, or has for one only tiles that do not serve all extents here', async () => {
    for (const tiles of [
      CARD.tiles.filter(({ at }) => at.kind === 'NT'),
      CARD.tiles.map((rated) => (rated.at.kind === 'TN' ? { ...rated, tile: FOREIGN } : rated)),
      CARD.tiles.map((rated) => (rated.at.kind === 'TN' ? { ...rated, tile: QUADS } : rated)),
    ]) {
      expect(ratingsOf({ tiles }, OPTIONS)).toBeNull();
      store = new MemoryTuning();
      await prepareTiles(gpu, store, { ...OPTIONS, cards: [{ ...CARD, tiles }] });
      expect(tileOrigin(gpu)).toEqual({ tiles: 'timed' });
      expect(store.writes).toBe(1);
    }
  });

  it('are what the store keeps, if it keeps some', async () => {
    await prepareTiles(gpu, store, { ...OPTIONS, cards: [] });
    const before = submits;
    const timed = tilesOf(gpu);
    await prepareTiles(gpu, store, { ...OPTIONS, cards: [CARD] });
    expect(tilesOf(gpu)).toEqual(timed);
    expect(tileOrigin(gpu)).toEqual({ tiles: 'timed' });
    expect(submits).toBe(before);
  });

  it('are the preset on a software adapter, whatever it is called', async () => {
    const software = { ...gpu, adapter: { ...gpu.adapter, fallback: true } };
    expect(cardOf(gpu.adapter, [CARD])).toBe(CARD);
    expect(cardOf(software.adapter, [CARD])).toBeNull();
    await prepareTiles(software, store, { ...OPTIONS, cards: [CARD] });
    expect(tilesOf(software)).toEqual(presetTiles(true, gpu.subgroupSize));
    expect([submits, store.writes]).toEqual([0, 0]);
  });
});

describe('the table of known GPUs', () => {
  it('holds no GPU without a vendor and an architecture: an adapter that tells neither is none of them', () => {
    expect(knownCardsSchema.safeParse([CARD]).success).toBe(true);
    expect(knownCardsSchema.safeParse([{ ...CARD, vendor: '' }]).success).toBe(false);
    expect(knownCardsSchema.safeParse([{ ...CARD, architecture: '' }]).success).toBe(false);
  });
});
