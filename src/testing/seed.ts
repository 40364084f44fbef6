/** The seed of everything that `npm test` draws: sampled cases, and the values of fast-check. */
import { execFileSync } from 'node:child_process';

/**
 * `KARMA_SEED`, or else the first eight hexadecimal digits of HEAD, printed: every commit tries other cases,
 * and the same ones whenever it is tested. 1 outside Git.
 */
export function sampleSeed(): number {
  const given = process.env.KARMA_SEED;
  if (given !== undefined) return Number(given);
  let [seed, source] = [1, 'there is no commit'];
  try {
    const head = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    [seed, source] = [parseInt(head.slice(0, 8), 16), `commit ${head.slice(0, 8)}`];
  } catch {
    // Not a checkout, or there is no Git.
  }
  console.error(`Cases are drawn by seed ${seed} (${source}; KARMA_SEED chooses another)`);
  // Workers inherit it.
  process.env.KARMA_SEED = String(seed);
  return seed;
}

/** A different 32-bit seed for every case (splitmix32's finaliser). */
export function caseSeed(seed: number, index: number): number {
  let z = (Math.imul(seed, 0x9e3779b9) + index) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) | 0;
}
