/**
 * An hour of training, and a hundred runs started and stopped, on the built page: what they leave in memory.
 */
import type { Browser, Page } from '@playwright/test';
import { Heaps } from '../../e2e/support/heaps';
import { smallLog } from '../../e2e/support/logs';
import { expect, playgroundOn, TINY, type Playground } from '../../e2e/support/playground';
import { exportedRecord, type PageBench } from '../../e2e/support/pageBench';
import { cpuSecondsOf } from '../../e2e/support/processes';
import { makeTinyModels, serveInPlace } from '../../e2e/support/tinyModels';
import type { Campaign, Figures } from '../../src/testing/campaign';
import { faultyCounts, injectFaults } from '../../src/testing/faultyPage';

const MINUTES = 60;
const ROUNDS = 100;
const MEGABYTE = 2 ** 20;
/** Allowed growth of the objects of all heaps, besides the record. */
const MOST_GROWTH = 2;
/**
 * The page has a column as last drawn, as being drawn and as received; the worker has one with room for half
 * as many numbers again; and the last checkpoint in memory has the record as text, some 20 characters per
 * number.
 */
const RECORDS = 7;
/** A run that compiles its kernels, on a busy machine without a GPU. */
const LONGEST = 1_200_000;

const RECIPE = { ...TINY, 'training.steps': '100000', 'evaluation.evaluations': '200' };

const campaign: Campaign<PageBench> = {
  claim: `a run of ${MINUTES} minutes (case 0) and ${ROUNDS} runs that are started and stopped (case 1) leave no GPU buffer behind, and let the objects in the heaps grow by less than ${MOST_GROWTH} MB beside the record`,
  cases: 2,
  // An hour each.
  sample: 0,
  open: async (_seed, { browser, url }) => {
    const context = await browser.newContext({ baseURL: url, serviceWorkers: 'block', reducedMotion: 'reduce' });
    // Ten times as many steps per hour as with the embedded model.
    await serveInPlace(context, (await makeTinyModels({}))[0]!);
    return {
      run: async (index) => {
        const page = await context.newPage();
        await injectFaults(page);
        const playground = playgroundOn(page);
        await playground.open(RECIPE);
        await playground.openLog(smallLog());
        const figures = index === 0 ? await longRun(playground, browser) : await manyRounds(playground);
        await page.close();
        return figures;
      },
      close: () => context.close(),
    };
  },
};
export default campaign;

async function longRun(playground: Playground, browser: Browser): Promise<Figures> {
  const { page } = playground;
  const heaps = await Heaps.of(page);
  await begin(playground, 5);
  const steps = [await playground.stepOf('KARMA')];
  const sizes = [await megabytes(heaps)];
  const records = [await recordMegabytes(page)];
  const costs: number[] = [];
  for (let tenth = 0; tenth < 10; tenth++) {
    const before = { step: await playground.stepOf('KARMA'), cpu: await cpuSecondsOf(browser) };
    await page.waitForTimeout((MINUTES / 10) * 60_000);
    steps.push(await playground.stepOf('KARMA'));
    costs.push((1000 * ((await cpuSecondsOf(browser)) - before.cpu)) / (steps.at(-1)! - before.step));
    sizes.push(await megabytes(heaps));
    records.push(await recordMegabytes(page));
    console.info(
      `soak: steps ${steps.join(', ')}; CPU ms a step ${listed(costs)}; objects ${listed(sizes.map(({ objects }) => objects))} MB; all ${listed(sizes.map(({ used }) => used))} MB; record ${listed(records)} MB`,
    );
  }
  await end(playground);
  const taken = steps.at(-1)! - steps[0]!;
  // The first tenth warms up: charts get their axes, and all points that they draw.
  const growth = sizes.at(-1)!.objects - sizes[1]!.objects;
  const record = RECORDS * (records.at(-1)! - records[1]!);
  const rate = (from: number): number => (steps[from + 1]! - steps[from]!) / (MINUTES * 6);
  const buffers = (await faultyCounts(page)).live;
  expect(buffers, 'buffers left').toBe(0);
  expect(growth - record, 'MB that objects grew by').toBeLessThan(MOST_GROWTH);
  return {
    'MB of objects grown in the long run': growth,
    'MB of its record': record,
    'MB of all grown in the long run': sizes.at(-1)!.used - sizes[1]!.used,
    'steps/s, first tenth': rate(0),
    'steps/s, last tenth': rate(9),
    'CPU ms a step, first tenth': costs[0]!,
    'CPU ms a step, last tenth': costs[9]!,
    'steps of the long run': taken,
    'buffers left': buffers,
  };
}

async function manyRounds(playground: Playground): Promise<Figures> {
  const { page } = playground;
  const heaps = await Heaps.of(page);
  const sizes: Megabytes[] = [];
  const left: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await begin(playground, 1);
    await end(playground);
    left.push((await faultyCounts(page)).live);
    if (round % 10 === 9) {
      sizes.push(await megabytes(heaps));
      const { objects, used } = sizes.at(-1)!;
      console.info(
        `soak: round ${round + 1}, objects ${objects.toFixed(2)} MB, all ${used.toFixed(2)} MB, buffers ${left.at(-1)!}`,
      );
    }
  }
  const growth = sizes.at(-1)!.objects - sizes[0]!.objects;
  expect(Math.max(...left), 'buffers left after a round').toBe(0);
  expect(growth, 'MB that objects grew by').toBeLessThan(MOST_GROWTH);
  return {
    'MB of objects grown in rounds': growth,
    'MB of all grown in rounds': sizes.at(-1)!.used - sizes[0]!.used,
    'buffers left': Math.max(...left),
    rounds: left.length,
  };
}

function listed(values: readonly number[]): string {
  return values.map((value) => value.toFixed(2)).join(', ');
}

/** Starts a run, and waits for some of its steps. */
async function begin(playground: Playground, steps: number): Promise<void> {
  await playground.run.click();
  await expect(playground.status).toHaveText('Running', { timeout: LONGEST });
  await expect.poll(() => playground.stepOf('KARMA'), { timeout: LONGEST }).toBeGreaterThanOrEqual(steps);
}

async function end({ stop, status, run }: Playground): Promise<void> {
  await stop.click();
  await expect(status).toHaveText('Stopped', { timeout: LONGEST });
  await expect(run).toBeEnabled();
}

interface Megabytes {
  readonly objects: number;
  readonly used: number;
}

async function megabytes(heaps: Heaps): Promise<Megabytes> {
  const { objects, used } = await heaps.measure();
  return { objects: objects / MEGABYTE, used: used / MEGABYTE };
}

/** Bytes of the record's numbers, texts and members in a heap. */
async function recordMegabytes(page: Page): Promise<number> {
  return heapBytes(await exportedRecord(page)) / MEGABYTE;
}

/**
 * A number takes 8 bytes, a character one, an object or array a header of 16, and 4 for each member that is
 * not a number in an array.
 */
function heapBytes(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value === 'number') return 8;
  if (typeof value !== 'object' || value === null) return 0;
  const members = Object.values(value) as unknown[];
  const pointers = Array.isArray(value) && members.every((member) => typeof member === 'number') ? 0 : 4 * members.length;
  return members.reduce<number>((sum, member) => sum + heapBytes(member), 16 + pointers);
}
