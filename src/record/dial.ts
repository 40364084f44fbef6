/** Arms between the base model and what they were trained to be. */

/** What is read of an arm at one point of the dial. */
export interface DialPoint {
  /**
   * Factor of s·B·A: 0 is the base model with the arm's heads, 1 the arm; of its leading directions alone
   * where `leading`.
   */
  readonly t: number;
  /** Whether only the leading singular direction of each matrix is multiplied by t, and the rest is kept. */
  readonly leading: boolean;
  /** Share of hits among the best K, by K. */
  readonly hits: Readonly<Record<number, number>>;
  /** Whether each target was among the ten best, for paired intervals. */
  readonly hit10: readonly boolean[];
  /** Nats per token of the texts of the model's domain, by text. */
  readonly domain: readonly number[];
  /** Share of (history, layer, head) with a sink. */
  readonly sinkRate: number;
  /**
   * KL(base‖arm) in nats: of the next token over item texts of the log, and of the next item over the
   * catalogue.
   */
  readonly klTexts: number;
  readonly klCatalogue: number;
}

export interface DialledArm {
  readonly id: string;
  readonly label: string;
  /** t = 0 … 1.2, then the leading directions. */
  readonly points: readonly DialPoint[];
}
