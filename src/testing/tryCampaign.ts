/** Tries a campaign: a sample of its cases, or all of them, continuing where an earlier run was interrupted. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sampleCases, type Campaign, type OpenCampaign } from './campaign';
import { joined, openState, resultRow, saveState, withRow } from './campaignState';

const STATES = '.cache/long-tests';
const RESULTS = 'docs/reliability.md';
/** Number of failures after which a campaign is stopped. */
const MOST_FAILURES = 20;
const SAVE_EVERY_MS = 5000;
const REPORT_EVERY_MS = 30_000;

/** Options from tools/longTests.mjs. */
export interface LongRun {
  readonly names: readonly string[];
  readonly seed: number;
  /** Tries only this case, and stores nothing. */
  readonly only: number | null;
  /** Time at which to stop between cases; a later run continues. */
  readonly until: number;
}

/** The options; null if samples should be tried. */
export function longRun(): LongRun | null {
  const { KARMA_LONG } = process.env;
  return KARMA_LONG === undefined ? null : (JSON.parse(KARMA_LONG) as LongRun);
}

export function isWanted({ names }: LongRun, name: string): boolean {
  return names.length === 0 || names.includes(name);
}

/** Seed of samples. */
export function campaignSeed(): number {
  return Number(process.env.KARMA_SEED ?? 1);
}

/** `hostileFiles` of tests/campaigns/hostileFiles.campaign.ts. */
export function campaignName(file: string): string {
  return path.basename(file).replace(/(\.(?:gpu|page))?\.campaign\.ts$/, '');
}

/** The error of a failed case, and how to try it again. */
function described(error: unknown, name: string, seed: number, index: number): string {
  const { message, cause } = error instanceof Error ? error : { message: String(error) };
  const stack = (cause ?? error) instanceof Error ? ((cause ?? error) as Error).stack : '';
  return `${message}\n${stack}\nTry it again: npm run test:long -- ${name} --seed ${seed} --case ${index}`;
}

/** @throws Error if the claim does not hold in one of the cases */
export async function trySample<Bench>(name: string, campaign: Campaign<Bench>, bench: Bench): Promise<void> {
  const seed = campaignSeed();
  const open = await campaign.open(seed, bench);
  try {
    const drawn = sampleCases(campaign.short ?? open.cases ?? campaign.cases, campaign.sample, seed);
    if (drawn.length === 0) throw new Error(`${name} has no cases.`);
    for (const index of drawn) {
      const failure = await failureOf(open, index);
      if (failure !== null) throw new Error(described(failure.error, name, seed, index));
    }
  } finally {
    await open.close?.();
  }
}

async function failureOf(open: OpenCampaign, index: number): Promise<{ readonly error: unknown } | null> {
  try {
    await open.run(index);
    return null;
  } catch (error) {
    return { error };
  }
}

/** Writes its row in docs/reliability.md. @throws Error if the claim does not hold in some cases */
export async function tryAll<Bench>(
  name: string,
  campaign: Campaign<Bench>,
  { seed, only, until }: LongRun,
  bench: Bench,
): Promise<void> {
  const open = await campaign.open(seed, bench);
  try {
    if (only !== null) {
      console.info(name, only, await open.run(only));
      return;
    }
    const file = path.join(STATES, `${name}.json`);
    const cases = open.cases ?? campaign.cases;
    const state = openState(file, { seed, cases }, commit());
    // A process ended by a signal or lack of memory reports nothing, so each case is written down before it is tried.
    const under = path.join(STATES, `${name}.case`);
    mkdirSync(STATES, { recursive: true });
    if (existsSync(under)) console.warn(`${name}: the run before this one ended in case ${readFileSync(under, 'utf8')}.`);
    const began = performance.now() - 1000 * state.seconds;
    const keep = (): void => {
      saveState(file, state);
      if (state.next === 0) return;
      const date = new Date().toISOString().slice(0, 10);
      writeFileSync(RESULTS, withRow(readFileSync(RESULTS, 'utf8'), resultRow(name, campaign.claim, state, date)));
    };
    let [saved, reported] = [performance.now(), performance.now()];
    while (state.next < cases && state.failures.length < MOST_FAILURES && Date.now() < until) {
      const index = state.next;
      writeFileSync(under, String(index));
      try {
        state.largest = joined(state.largest, (await open.run(index)) ?? {}, campaign.summed);
      } catch (error) {
        state.failures.push({ index, message: described(error, name, seed, index) });
        console.error(state.failures.at(-1)!.message);
      }
      state.next += 1;
      const now = performance.now();
      state.seconds = (now - began) / 1000;
      // Whoever ends the process finds what it has tried in the table.
      if (now - saved > SAVE_EVERY_MS || state.failures.at(-1)?.index === index) {
        keep();
        saved = now;
      }
      if (now - reported > REPORT_EVERY_MS) {
        console.info(`${name}: ${state.next} of ${cases}, ${state.failures.length} failed`);
        reported = now;
      }
    }
    keep();
    rmSync(under, { force: true });
    console.info(`${name}: ${state.next} of ${cases} tried, ${state.failures.length} failed`);
    if (state.failures.length > 0) throw new Error(state.failures.map(({ message }) => message).join('\n\n'));
  } finally {
    await open.close?.();
  }
}

/** The commit, and whether code is not as it is there; results that campaigns write into documents are no code. */
function commit(): string {
  const git = (...args: readonly string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!docs');
  return `${git('describe', '--always', '--abbrev=7')}${changed === '' ? '' : '-dirty'}`;
}
