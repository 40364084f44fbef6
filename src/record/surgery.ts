/** What is done to trained models, and what that changes over all test targets. */

export interface Surgery {
  /**
   * Factor of the attention that sinks get, 0 to 1. A sink is an item whose α exceeds the recipe's threshold
   * in a head.
   */
  readonly sinks: number;
  /** Whether the rest of a row takes what sinks lose, so that it still sums to 1. */
  readonly renormalised: boolean;
  /** Heads whose output is 0: layer · heads + head. */
  readonly heads: readonly number[];
  /** Layers without their adapter. */
  readonly adapters: readonly number[];
  /** Place of the item in a history that no position attends to; null: none. */
  readonly blocked: number | null;
}

export const NO_SURGERY: Surgery = { sinks: 1, renormalised: true, heads: [], adapters: [], blocked: null };

/** Whether it does anything. */
export function isSurgery({ sinks, heads, adapters, blocked }: Surgery): boolean {
  return sinks < 1 || heads.length > 0 || adapters.length > 0 || blocked !== null;
}

/** A difference with its 95 % interval. */
export interface SurgeryDifference {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided. */
  readonly p: number;
}

/** What an operation changes, as after − before. */
export interface SurgeryEffect {
  /** Share of hits among the best K, by K, paired over users. */
  readonly hits: Readonly<Record<number, SurgeryDifference>>;
  /** Nats per token of the texts of the model's domain, paired over texts; null if there are none. */
  readonly domain: SurgeryDifference | null;
  /** Share of (history, layer, head) with an item whose α exceeds the threshold. */
  readonly sinkRate: number;
}

export interface OperatedModel {
  /** An arm's ID, or `base`. */
  readonly id: string;
  readonly label: string;
  readonly before: { readonly hits: Readonly<Record<number, number>>; readonly domain: number | null; readonly sinkRate: number };
  readonly effect: SurgeryEffect;
  /**
   * The same with as much attention taken from items drawn at random; null if no attention to sinks was
   * taken.
   */
  readonly control: SurgeryEffect | null;
  /**
   * Attention that sinks lost, per row of a head that has one; and how much of it the control found
   * elsewhere, 0 to 1.
   */
  readonly taken: { readonly sinks: number; readonly control: number };
}
