/**
 * A campaign is a claim that is tried on many numbered cases: each depends only on (seed, number), so that
 * any can be tried again. `npm test` tries a seeded sample of them, `npm run test:long` all.
 *
 * A campaign is the default export of one file, `<name>.campaign.ts`, `<name>.gpu.campaign.ts` if it opens a
 * device, or `<name>.page.campaign.ts` if it needs the built page, in tests/campaigns or beside what it
 * tries.
 */
import fc from 'fast-check';
import { caseSeed } from './seed';

/**
 * Figures measured in a case, by name. A campaign reports the largest value of each over its cases, or the
 * sum of those in `counts`.
 */
export type Figures = Readonly<Record<string, number>>;

export interface OpenCampaign {
  /** Tries one case; throws if the claim does not hold. */
  readonly run: (index: number) => Promise<Figures | undefined> | Figures | undefined;
  /** Number of cases, if only an open campaign knows it; replaces `Campaign.cases`. */
  readonly cases?: number;
  readonly close?: () => Promise<void> | void;
}

/** `Bench`: what cases are tried on, such as a browser, if the campaign does not provide it. */
export interface Campaign<Bench = void> {
  /** What holds in every case, as a sentence. */
  readonly claim: string;
  /** Number of cases of the whole campaign. */
  readonly cases: number;
  /** Number of cases that `npm test` draws; 0 if even one would take too long. */
  readonly sample: number;
  /** Number of cases, the first ones, from which it draws, if others take long; default: all. */
  readonly short?: number;
  /** Cases that have failed once, by seed and number: `npm test` tries them before it draws. */
  readonly failed?: readonly (readonly [seed: number, index: number])[];
  /** Figures that are counts: they are added up over the cases. */
  readonly summed?: readonly string[];
  /** What this machine lacks to try it; null if nothing. */
  readonly missing?: () => Promise<string | null>;
  readonly open: (seed: number, bench: Bench) => Promise<OpenCampaign> | OpenCampaign;
}

/**
 * A claim about every value of a generator. A failing case is shrunk, unless `shrink` is false, for cases
 * that take long.
 */
export function fuzzCampaign<T>(
  claim: string,
  { shrink = true, ...sizes }: { readonly cases: number; readonly sample: number; readonly shrink?: boolean },
  values: fc.Arbitrary<T>,
  check: (value: T) => Promise<Figures | undefined> | Figures | undefined,
): Campaign {
  return {
    claim,
    ...sizes,
    open: (seed) => ({
      run: async (index) => {
        let figures: Figures | undefined;
        const property = fc.asyncProperty(values, async (value) => {
          figures = await check(value);
        });
        await fc.assert(property, { numRuns: 1, seed: caseSeed(seed, index), endOnFailure: !shrink });
        return figures;
      },
    }),
  };
}

/** `count` different case numbers below `cases`, ascending, the same for the same seed. */
export function sampleCases(cases: number, count: number, seed: number): number[] {
  const drawn = new Set<number>();
  for (let draw = 0; drawn.size < Math.min(count, cases); draw++) drawn.add((caseSeed(seed, draw) >>> 0) % cases);
  return [...drawn].sort((a, b) => a - b);
}
