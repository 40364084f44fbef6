/**
 * Tables of cases of which `npm test` tries some, drawn by the seed of samples; `npm test -- --all-cases`
 * tries all.
 */
import { caseSeed, sampleSeed } from './seed';

/** Set where all cases are to be tried. */
export const ALL_CASES = 'KARMA_ALL_CASES';

/**
 * What a case is an example of: the name of its loss, `{ tail: true }`, a pair. Equal ones have the same
 * JSON.
 */
export type Facet = string | number | boolean | object;

interface Choice<T> {
  /** Number of cases to draw at least. */
  readonly least?: number;
  /** Cases that are always tried, because they have failed once. */
  readonly always?: (one: T) => boolean;
  readonly seed?: number;
}

/**
 * Some of the cases, in their order: greedily the one that meets most that no other has met.
 * @param facets of a case; each that occurs is met at least once. Default: none
 */
export function drawnCases<T>(
  cases: readonly T[],
  facets: (one: T) => readonly Facet[] = () => [],
  { least = 1, always = () => false, seed = sampleSeed() }: Choice<T> = {},
): T[] {
  if (process.env[ALL_CASES] !== undefined) return [...cases];
  const values = cases.map((one) => facets(one).map((value) => JSON.stringify(value)));
  const shuffled = cases
    .map((_, index) => index)
    .toSorted((one, other) => (caseSeed(seed, one) >>> 0) - (caseSeed(seed, other) >>> 0));
  const drawn = new Set(shuffled.filter((index) => always(cases[index]!)));
  const met = new Set([...drawn].flatMap((index) => values[index]!));
  const news = (index: number): number => values[index]!.filter((value) => !met.has(value)).length;
  while (drawn.size < cases.length) {
    const left = shuffled.filter((index) => !drawn.has(index));
    const best = left.reduce((one, other) => (news(other) > news(one) ? other : one));
    if (news(best) === 0 && drawn.size >= least) break;
    drawn.add(best);
    for (const value of values[best]!) met.add(value);
  }
  return cases.filter((_, index) => drawn.has(index));
}

/**
 * Of several ways in which a place of the page may be tried, the one that the seed of samples chooses for it,
 * or all.
 */
export function drawnWays<T>(place: string, ways: readonly T[]): readonly T[] {
  if (process.env[ALL_CASES] !== undefined) return ways;
  const number = new TextEncoder().encode(place).reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, 7);
  return [ways[(caseSeed(sampleSeed(), number) >>> 0) % ways.length]!];
}
