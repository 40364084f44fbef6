/** The tiles of a device: kept from an earlier visit, from the table of known GPUs, timed, or a preset. */
import type { Gpu } from '../../gpu/device';
import { SCALAR_TILE, type RatedTile } from './gemmTiles';
import { rateTiles, tuneGemm, type Trial, type TuningOptions, type TuningStore } from './gemmTuning';
import { cardOf, KNOWN_CARDS, ratingsOf, serveAll, type KnownCard } from './knownCards';

export interface PrepareOptions extends Omit<TuningOptions, 'known'> {
  /** The table of known GPUs. With an empty one, tiles that are not kept are timed. */
  readonly cards?: readonly KnownCard[];
}

/**
 * Makes sure that a device has its tiles before engines are created on it. Software adapters keep their preset: their current speed
 * says more about the processor's load than about tiles.
 */
export async function prepareTiles(
  gpu: Gpu,
  store: TuningStore,
  { cards = KNOWN_CARDS, ...options }: PrepareOptions = {},
): Promise<void> {
  if (gpu.adapter.fallback) return;
  const card = cardOf(gpu.adapter, cards);
  if (card === null) return tuneGemm(gpu, store, options);
  await tuneGemm(gpu, store, {
    ...options,
    known: async (trial) => {
      const ratings = await workingHere(gpu, ratingsOf(card, trial) ?? [], trial);
      return ratings && { ratings, card: { name: card.card, date: card.date } };
    },
  });
}

/** Extents of the products that tiles of another machine are tried on. */
const TRIED = { rows: 64, columns: 64, depth: 64 } as const;

/**
 * Ratings less those of tiles that do not compile on this device, or give another product than the simplest one: browser and driver may be others
 * than those of the card that was measured. Null if what is left is not enough (`serveAll`).
 */
async function workingHere(gpu: Gpu, ratings: readonly RatedTile[], { products }: Trial): Promise<readonly RatedTile[] | null> {
  const working: RatedTile[] = [];
  for (const product of products) {
    const listed = ratings.filter(({ at }) => at === product);
    const candidates = [SCALAR_TILE, ...listed.map(({ tile }) => tile)];
    const tried = await rateTiles(gpu, { candidates, products: [{ ...product, ...TRIED }], least: 0, budget: Infinity });
    working.push(...listed.filter(({ tile }) => tried.some((one) => one.tile === tile)));
  }
  return serveAll(working, products) ? working : null;
}
