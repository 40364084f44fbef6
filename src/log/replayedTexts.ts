/** Which texts of the model's domain a step's L_replay reads: seeded, and the same for every arm. */
import { forkRandom } from './random';

/** `count` of `texts` texts, drawn uniformly with replacement: a function of (seed, step). */
export function replayedTexts(seed: number, step: number, count: number, texts: number): number[] {
  const random = forkRandom(seed, 'replayed texts', step);
  return Array.from({ length: count }, () => random.integer(texts));
}
