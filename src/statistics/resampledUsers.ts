/**
 * Users as the bootstrap draws them. Arms, baselines and evaluations are resampled alike, so what was drawn
 * is kept.
 */
import { forkRandom, type Random } from '../log/random';

/** Maximum number of draws that are kept, 2 bytes each. */
const MOST_KEPT = 8e6;
const MOST_USERS = 2 ** 16;

/** By seed, users and resamples; those used last come last. */
const kept = new Map<string, Uint16Array>();

/**
 * Resample after resample: n of n users each, drawn with replacement. Depends on the seed and n alone; an
 * array holds until the next one.
 */
export function* resampledUsers(seed: number, n: number, resamples: number): Generator<Uint16Array | Uint32Array, void, void> {
  if (n <= MOST_USERS && n * resamples <= MOST_KEPT) {
    const drawn = keptUsers(seed, n, resamples);
    for (let resample = 0; resample < resamples; resample++) yield drawn.subarray(resample * n, (resample + 1) * n);
    return;
  }
  const random = stream(seed, n);
  const users = new Uint32Array(n);
  for (let resample = 0; resample < resamples; resample++) yield drawInto(users, n, random);
}

function keptUsers(seed: number, n: number, resamples: number): Uint16Array {
  const key = `${seed}/${n}/${resamples}`;
  const drawn = kept.get(key) ?? drawInto(new Uint16Array(n * resamples), n, stream(seed, n));
  kept.delete(key);
  kept.set(key, drawn);
  let all = [...kept.values()].reduce((sum, { length }) => sum + length, 0);
  for (const [oldest, { length }] of kept) {
    if (all <= MOST_KEPT) break;
    kept.delete(oldest);
    all -= length;
  }
  return drawn;
}

function stream(seed: number, n: number): Random {
  return forkRandom(seed, 'bootstrap', n);
}

function drawInto<Users extends Uint16Array | Uint32Array>(users: Users, n: number, random: Random): Users {
  for (let at = 0; at < users.length; at++) users[at] = random.integer(n);
  return users;
}
