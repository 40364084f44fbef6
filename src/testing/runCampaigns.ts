/** Makes tests of campaigns: of a sample of each, or, where KARMA_LONG is set, of all their cases. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { sampleCases, type Campaign, type OpenCampaign } from './campaign';
import { largestOf, openState, resultRow, saveState, withRow } from './campaignState';

const STATES = '.cache/long-tests';
const RESULTS = 'docs/long-tests.md';
/** A campaign that fails this often is stopped. */
const MOST_FAILURES = 20;
const SAVE_EVERY_MS = 5000;
const REPORT_EVERY_MS = 30_000;

/** What tools/longTests.mjs asks for. */
interface LongRun {
  readonly names: readonly string[];
  readonly seed: number;
  /** Tries this case alone, and keeps nothing. */
  readonly only: number | null;
  /** Stops between cases when this time has come; a later run goes on. */
  readonly until: number;
}

/** @param modules default exports by file, as `import.meta.glob` gives them */
export function testCampaigns(modules: Readonly<Record<string, unknown>>): void {
  const campaigns = Object.entries(modules).map(([file, campaign]) => [nameOf(file), campaign as Campaign] as const);
  const { KARMA_LONG } = process.env;
  if (KARMA_LONG === undefined) {
    const seed = Number(process.env.KARMA_SEED ?? 1);
    for (const [name, campaign] of campaigns) it(`${name}: ${campaign.claim}`, () => trySample(name, campaign, seed));
    return;
  }
  const run = JSON.parse(KARMA_LONG) as LongRun;
  const wanted = campaigns.filter(([name]) => run.names.length === 0 || run.names.includes(name));
  for (const [name, campaign] of wanted) it(`${name}: ${campaign.claim}`, () => tryAll(name, campaign, run), 2 ** 31 - 1);
  if (wanted.length === 0) it.skip('no campaign here was asked for');
}

function nameOf(file: string): string {
  return path.basename(file).replace(/(\.gpu)?\.campaign\.ts$/, '');
}

/** What a case that failed says, and how it is tried again. */
function described(error: unknown, name: string, seed: number, index: number): string {
  const { message, cause } = error instanceof Error ? error : { message: String(error) };
  const stack = (cause ?? error) instanceof Error ? ((cause ?? error) as Error).stack : '';
  return `${message}\n${stack}\nTry it again: npm run test:long -- ${name} --seed ${seed} --case ${index}`;
}

async function trySample(name: string, campaign: Campaign, seed: number): Promise<void> {
  const open = await campaign.open(seed);
  try {
    const drawn = sampleCases(open.cases ?? campaign.cases, campaign.sample, seed);
    expect(drawn.length).toBeGreaterThan(0);
    for (const index of drawn) {
      const failure = await failureOf(open, index);
      if (failure !== null) expect.fail(described(failure.error, name, seed, index));
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

async function tryAll(name: string, campaign: Campaign, { seed, only, until }: LongRun): Promise<void> {
  const open = await campaign.open(seed);
  try {
    if (only !== null) {
      console.info(name, only, await open.run(only));
      return;
    }
    const file = path.join(STATES, `${name}.json`);
    const cases = open.cases ?? campaign.cases;
    const state = openState(file, { seed, cases }, commit());
    const began = performance.now() - 1000 * state.seconds;
    let [saved, reported] = [performance.now(), performance.now()];
    while (state.next < cases && state.failures.length < MOST_FAILURES && Date.now() < until) {
      const index = state.next;
      try {
        state.largest = largestOf(state.largest, (await open.run(index)) ?? {});
      } catch (error) {
        state.failures.push({ index, message: described(error, name, seed, index) });
        console.error(state.failures.at(-1)!.message);
      }
      state.next += 1;
      const now = performance.now();
      state.seconds = (now - began) / 1000;
      if (now - saved > SAVE_EVERY_MS || state.failures.at(-1)?.index === index) {
        saveState(file, state);
        saved = now;
      }
      if (now - reported > REPORT_EVERY_MS) {
        console.info(`${name}: ${state.next} of ${cases}, ${state.failures.length} failed`);
        reported = now;
      }
    }
    saveState(file, state);
    const date = new Date().toISOString().slice(0, 10);
    writeFileSync(RESULTS, withRow(readFileSync(RESULTS, 'utf8'), resultRow(name, campaign.claim, state, date)));
    console.info(`${name}: ${state.next} of ${cases} tried, ${state.failures.length} failed`);
    expect(state.failures.map(({ message }) => message)).toEqual([]);
  } finally {
    await open.close?.();
  }
}

function commit(): string {
  return execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=7'], { encoding: 'utf8' }).trim();
}
