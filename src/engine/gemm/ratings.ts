/** Ratings of tiles where they are kept as JSON: between visits, and in the benchmark's results. */
import { z } from 'zod';
import type { RatedTile, TimedProduct } from './gemmTiles';

/** A rating that was timed. */
export type TimedTile = RatedTile & { readonly at: TimedProduct };

/** For each product its tiles, fastest first. */
export const ratingsSchema: z.ZodType<readonly TimedTile[]> = z
  .array(
    z.object({
      tile: z.object({
        rows: z.number(),
        columns: z.number(),
        groupRows: z.number(),
        groupColumns: z.number(),
        unroll: z.number().exactOptional(),
        broadcast: z.enum(['A', 'B']).exactOptional(),
        sized: z.boolean().exactOptional(),
        numbered: z.boolean().exactOptional(),
        staged: z.number().exactOptional(),
        doubled: z.boolean().exactOptional(),
        split: z.number().exactOptional(),
        quads: z.boolean().exactOptional(),
        texels: z.boolean().exactOptional(),
      }),
      speed: z.number().positive(),
      at: z.object({
        kind: z.enum(['NN', 'NT', 'TN']),
        rows: z.number(),
        columns: z.number(),
        depth: z.number(),
        f16: z.boolean().exactOptional(),
      }),
    }),
  )
  .min(1);
