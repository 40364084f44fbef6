/** The tiles of a device: kept from an earlier visit, from the table of known GPUs, timed, or a preset. */
import type { Gpu } from '../../gpu/device';
import { tuneGemm, type TuningOptions, type TuningStore } from './gemmTuning';
import { cardOf, KNOWN_CARDS, ratingsOf, type KnownCard } from './knownCards';

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
    known: (trial) => {
      const ratings = ratingsOf(card, trial);
      return ratings && { ratings, card: { name: card.card, date: card.date } };
    },
  });
}
