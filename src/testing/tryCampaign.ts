/** Tries a campaign: a sample of its cases, or all of them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sampleCases, type Campaign, type Figures } from './campaign';
import { sampleSeed } from './seed';

/** Number of failures after which a campaign is stopped. */
const MOST_FAILURES = 20;

/** Options from tools/longTests.mjs: all cases are tried, and all failures reported. */
interface LongRun {
  /** Campaigns; all if there is none. */
  readonly names: readonly string[];
  readonly seed: number;
  /** Tries only this case; null: all. */
  readonly only: number | null;
  /** The first case: where an earlier run was interrupted. */
  readonly from: number;
  /** Time at which to stop between cases. */
  readonly until: number;
}

const { KARMA_LONG } = process.env;
const LONG = KARMA_LONG === undefined ? null : (JSON.parse(KARMA_LONG) as LongRun);

/** `hostileFiles` of tests/campaigns/hostileFiles.campaign.ts. */
export function campaignName(file: string): string {
  return path.basename(file).replace(/(\.(?:gpu|page))?\.campaign\.ts$/, '');
}

/** Whether a campaign has a test in this run. */
export function isWanted(name: string, { sample }: Pick<Campaign, 'sample'>): boolean {
  return LONG === null ? sample > 0 : LONG.names.length === 0 || LONG.names.includes(name);
}

/** Milliseconds within which a campaign must have ended; 0: it may take as long as it likes. */
export function timeLimit(sample: number): number {
  return LONG === null ? sample : 0;
}

/**
 * Tries cases that have failed once and a sample or, in a long run, all.
 * @throws Error if the claim does not hold in one of them
 */
export async function tryCampaign<Bench>(name: string, campaign: Campaign<Bench>, bench: Bench): Promise<void> {
  const sample = sampleSeed();
  if (LONG === null) {
    for (const [seed, index] of campaign.failed ?? []) await tryCases(name, campaign, seed, bench, () => [index]);
    await tryCases(name, campaign, sample, bench, (cases) => sampleCases(campaign.short ?? cases, campaign.sample, sample));
  } else {
    const { only, from } = LONG;
    await tryCases(name, campaign, LONG.seed, bench, (cases) =>
      only === null ? Array.from({ length: cases - from }, (_, index) => from + index) : [only],
    );
  }
}

async function tryCases<Bench>(
  name: string,
  campaign: Campaign<Bench>,
  seed: number,
  bench: Bench,
  choose: (cases: number) => readonly number[],
): Promise<void> {
  const began = performance.now();
  const open = await campaign.open(seed, bench);
  const cases = choose(open.cases ?? campaign.cases);
  const failures: Error[] = [];
  let figures: Figures = {};
  let tried = 0;
  try {
    for (const index of cases) {
      if (failures.length === (LONG === null ? 1 : MOST_FAILURES) || Date.now() > (LONG?.until ?? Infinity)) break;
      if (LONG !== null) noteCase(name, index);
      try {
        figures = joined(figures, (await open.run(index)) ?? {}, campaign.summed);
      } catch (error) {
        failures.push(failure(error, `npm run test:long -- ${name} --seed ${seed} --case ${index}`));
        if (LONG !== null) console.error(failures.at(-1)!.message);
      }
      tried += 1;
    }
  } finally {
    await open.close?.();
  }
  if (cases.length === 0) throw new Error(`${name} has no cases.`);
  if (LONG !== null) {
    // A row of docs/reliability.md. Counts are written in full: rounded ones would not add up.
    const written = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(3)));
    const largest = Object.entries(figures).map(([figure, value]) => `${figure} ${written(value)}`);
    const minutes = ((performance.now() - began) / 60_000).toFixed(1);
    const cells = [name, campaign.claim, `${tried} of ${cases.length}`, seed, failures.length, largest.join(', '), minutes];
    console.info(`| ${cells.join(' | ')} |`);
  }
  if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join('\n\n'), { cause: failures[0] });
}

/**
 * A process ended by a signal or lack of memory reports nothing, so a long run writes down each case before
 * it is tried.
 */
function noteCase(name: string, index: number): void {
  mkdirSync('.cache/long-tests', { recursive: true });
  writeFileSync(`.cache/long-tests/${name}.case`, String(index));
}

function failure(error: unknown, again: string): Error {
  const { message, cause, stack } = error instanceof Error ? error : new Error(String(error));
  return new Error(`${message}\n${cause instanceof Error ? cause.stack : stack}\nTry it again: ${again}`, { cause: error });
}

/** The larger of each figure, or their sum. */
export function joined(a: Figures, b: Figures, summed: readonly string[] = []): Figures {
  const all: Record<string, number> = { ...a };
  for (const [name, value] of Object.entries(b))
    all[name] = summed.includes(name) ? (all[name] ?? 0) + value : Math.max(all[name] ?? -Infinity, value);
  return all;
}
