/**
 * The table of known GPUs: the fastest tiles of each, from the benchmark's results. `npm run bench -- --collect` writes `knownCards.json` from
 * `bench/results/`.
 */
import { z } from 'zod';
import type { AdapterInfo } from '../../record/runRecord';
import type { GemmTile, RatedTile, TimedProduct } from './gemmTiles';
import table from './knownCards.json';
import { ratingsSchema } from './ratings';
import { singleLine } from '../../recipe/texts';

const knownCardSchema = z.strictObject({
  /** As adapters name them, by which a GPU is recognised. */
  vendor: singleLine().min(1),
  architecture: singleLine().min(1),
  /** The card that was measured, as people call it; if nobody has said so, vendor and architecture. */
  card: singleLine().min(1),
  /** Browser or Node, with its version, and the day of the result. */
  runtime: singleLine().min(1),
  date: z.iso.date(),
  /** For each product that tiles are timed on, the fastest few. */
  tiles: ratingsSchema,
});
export type KnownCard = z.infer<typeof knownCardSchema>;

export const knownCardsSchema = z.array(knownCardSchema).readonly();

export const KNOWN_CARDS: readonly KnownCard[] = knownCardsSchema.parse(table);

/** The entry of a GPU; null if there is none. A software adapter has none. */
export function cardOf(
  { vendor, architecture, fallback }: Pick<AdapterInfo, 'vendor' | 'architecture' | 'fallback'>,
  cards: readonly KnownCard[],
): KnownCard | null {
  if (fallback) return null;
  return cards.find((card) => card.vendor === vendor && card.architecture === architecture) ?? null;
}

/**
 * The ratings of an entry for tiles that a device would try.
 * @param candidates its tiles @param products what they would be timed on
 * @returns null if that is not enough (`serveAll`)
 */
export function ratingsOf(
  { tiles }: Pick<KnownCard, 'tiles'>,
  { candidates, products }: { readonly candidates: readonly GemmTile[]; readonly products: readonly TimedProduct[] },
): readonly RatedTile[] | null {
  const ratings: RatedTile[] = [];
  for (const at of products) {
    const left = tiles.flatMap((rated): RatedTile[] => {
      const tile = candidates.find((candidate) => isSame(candidate, rated.tile));
      // The product is the same object in all of its ratings: `chooseTile` tells products apart so.
      return tile === undefined || !isSame(rated.at, at) ? [] : [{ tile, speed: rated.speed, at }];
    });
    ratings.push(...left);
  }
  return serveAll(ratings, products) ? ratings : null;
}

/** Whether each product has a tile that serves whatever the extents are. */
export function serveAll(ratings: readonly RatedTile[], products: readonly TimedProduct[]): boolean {
  const serves = ({ quads, texels }: GemmTile): boolean => quads !== true && texels !== true;
  return products.every((product) => ratings.some(({ tile, at }) => at === product && serves(tile)));
}

/** Whether two tiles, or two products, have the same fields, in whatever order. */
function isSame<T extends object>(a: T, b: T): boolean {
  const fields = (value: T): string => JSON.stringify(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)));
  return fields(a) === fields(b);
}
