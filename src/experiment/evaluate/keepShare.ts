/** How much of a trained probe is kept. Definitions: docs/metrics.md. */

const SHARES = [0, 0.5, 1];

interface Shrinkable {
  readonly read: () => Promise<Float32Array>;
  readonly set: (parameters: Float32Array) => void;
  /** What `read` returned, with the matrix that reads the embedding multiplied by `share`. */
  readonly shrunk: (parameters: Float32Array, share: number) => Float32Array;
}

/**
 * Keeps the share with which a probe reads held-out pairs best, so that it may ignore embeddings that carry
 * nothing.
 * @param error of the held-out pairs under the probe's current parameters
 * @returns that share
 */
export async function keepShare(probe: Shrinkable, error: () => Promise<number>): Promise<number> {
  const trained = await probe.read();
  let best = { share: 0, error: Infinity };
  for (const share of SHARES) {
    probe.set(probe.shrunk(trained, share));
    const found = await error();
    if (found < best.error) best = { share, error: found };
  }
  probe.set(probe.shrunk(trained, best.share));
  return best.share;
}
