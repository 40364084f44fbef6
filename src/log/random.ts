/**
 * Seeded random numbers. One experiment seed feeds many independent streams, each named after its purpose, so
 * that adding a draw in one place never changes the draws in another.
 */

export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform integer in [0, n); n must be a positive integer. */
  integer(n: number): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
  /** Shuffles in place (Fisher–Yates) and returns the same array. */
  shuffle<T extends unknown[] | Int32Array | Uint32Array>(values: T): T;
}

/** 32 bits of a text: FNV-1a from an offset, avalanched as in MurmurHash3. */
export function hashText(text: string, offset = 0x811c9dc5): number {
  let hash = offset;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** 128 bits of state from a text: four hashes with different offsets. */
function seedWords(text: string): [number, number, number, number] {
  return [hashText(text), hashText(text, 0x9e3779b9), hashText(text, 0x243f6a88), hashText(text, 0xb7e15162)];
}

/** sfc32 (Chris Doty-Humphrey, PractRand): passes BigCrush, 128-bit state, period at least 2³². */
function sfc32(state: [number, number, number, number]): () => number {
  let [a, b, c, counter] = state;
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
}

/**
 * A stream that depends only on the seed and its name: `forkRandom(seed, 'order', epoch)`.
 * The same arguments always give the same numbers.
 */
export function forkRandom(seed: number, ...name: readonly (string | number)[]): Random {
  const next = sfc32(seedWords([seed, ...name].join('/')));
  // The first outputs still show the structure of the state; PractRand's own seeding discards the same
  // number.
  for (let i = 0; i < 15; i++) next();

  const uniform = (): number => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000;
  const integer = (n: number): number => {
    if (!Number.isInteger(n) || n < 1) throw new RangeError(`integer(n) needs a positive integer, not ${n}`);
    return Math.floor(uniform() * n);
  };
  let spare: number | undefined;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    // 1 − uniform() lies in (0, 1], so that the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const shuffle = <T extends unknown[] | Int32Array | Uint32Array>(values: T): T => {
    for (let i = values.length - 1; i > 0; i--) {
      const j = integer(i + 1);
      const kept = values[i];
      values[i] = values[j];
      values[j] = kept;
    }
    return values;
  };
  return { uniform, integer, normal, shuffle };
}
