/** An hour of training, and a hundred runs started and stopped, on the built page: what is left of them in memory. */
import type { Page } from '@playwright/test';
import { Heaps } from '../../e2e/support/heaps';
import { smallLog } from '../../e2e/support/logs';
import { expect, playgroundOn, TINY, type Playground } from '../../e2e/support/playground';
import { exportedRecord, type PageBench } from '../../e2e/support/pageBench';
import type { Campaign, Figures } from '../../src/testing/campaign';
import { faultyCounts, injectFaults } from '../../src/testing/faultyPage';

const MINUTES = 60;
const ROUNDS = 100;
const MEGABYTE = 2 ** 20;
/** Growth of all heaps that is allowed, beside the numbers of the record themselves. */
const MOST_GROWTH = 2;
/** Page and worker each have the record. */
const RECORDS = 2;
/** A run that compiles its kernels, on a busy machine without a GPU. */
const LONGEST = 1_200_000;

const RECIPE = { ...TINY, 'training.steps': '100000', 'evaluation.evaluations': '200' };

const campaign: Campaign<PageBench> = {
  claim: `a run of ${MINUTES} minutes (case 0) and ${ROUNDS} runs that are started and stopped (case 1) leave no GPU buffer behind, and let the heaps grow by less than ${MOST_GROWTH} MB beside the record`,
  cases: 2,
  // An hour each.
  sample: 0,
  open: async (_seed, { browser, url }) => {
    const context = await browser.newContext({ baseURL: url, serviceWorkers: 'block', reducedMotion: 'reduce' });
    return {
      run: async (index) => {
        const page = await context.newPage();
        await injectFaults(page);
        const playground = playgroundOn(page);
        await playground.open(RECIPE);
        await playground.openLog(smallLog());
        const figures = index === 0 ? await longRun(playground) : await manyRounds(playground);
        await page.close();
        return figures;
      },
      close: () => context.close(),
    };
  },
};
export default campaign;

async function longRun(playground: Playground): Promise<Figures> {
  const { page } = playground;
  const heaps = await Heaps.of(page);
  await begin(playground, 5);
  const steps = [await playground.stepOf('KARMA')];
  const sizes = [await megabytes(heaps)];
  const records = [await recordMegabytes(page)];
  for (let tenth = 0; tenth < 10; tenth++) {
    await page.waitForTimeout((MINUTES / 10) * 60_000);
    steps.push(await playground.stepOf('KARMA'));
    sizes.push(await megabytes(heaps));
    records.push(await recordMegabytes(page));
    console.info(
      `soak: steps ${steps.join(', ')}; heaps ${sizes.map((size) => size.toFixed(2)).join(', ')} MB; record ${records.map((size) => size.toFixed(2)).join(', ')} MB`,
    );
  }
  await end(playground);
  const taken = steps.at(-1)! - steps[0]!;
  // The first tenth warms up: code is compiled, charts get their axes.
  const growth = sizes.at(-1)! - sizes[1]!;
  const record = RECORDS * (records.at(-1)! - records[1]!);
  const rate = (from: number): number => (steps[from + 1]! - steps[from]!) / (MINUTES * 6);
  const buffers = (await faultyCounts(page)).live;
  expect(buffers, 'buffers left').toBe(0);
  expect(growth - record, 'MB that the heaps grew by').toBeLessThan(MOST_GROWTH);
  return {
    'MB grown in the long run': growth,
    'MB of its record': record,
    'steps/s, first tenth': rate(0),
    'steps/s, last tenth': rate(9),
    'steps of the long run': taken,
    'buffers left': buffers,
  };
}

async function manyRounds(playground: Playground): Promise<Figures> {
  const { page } = playground;
  const heaps = await Heaps.of(page);
  const sizes: number[] = [];
  const left: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await begin(playground, 1);
    await end(playground);
    left.push((await faultyCounts(page)).live);
    if (round % 10 === 9) {
      sizes.push(await megabytes(heaps));
      console.info(`soak: round ${round + 1}, heaps ${sizes.at(-1)!.toFixed(2)} MB, buffers ${left.at(-1)!}`);
    }
  }
  const growth = sizes.at(-1)! - sizes[0]!;
  expect(Math.max(...left), 'buffers left after a round').toBe(0);
  expect(growth, 'MB that the heaps grew by').toBeLessThan(MOST_GROWTH);
  return { 'MB grown in rounds': growth, 'buffers left': Math.max(...left), rounds: left.length };
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

async function megabytes(heaps: Heaps): Promise<number> {
  const { page, workers } = await heaps.used();
  return (page + workers) / MEGABYTE;
}

/** What the numbers, texts and members of the record take in a heap. */
async function recordMegabytes(page: Page): Promise<number> {
  return heapBytes(await exportedRecord(page)) / MEGABYTE;
}

/** A number takes 8 bytes, a character one, an object or array a header of 16, and 4 for each member that is no number of an array. */
function heapBytes(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value === 'number') return 8;
  if (typeof value !== 'object' || value === null) return 0;
  const members = Object.values(value) as unknown[];
  const pointers = Array.isArray(value) && members.every((member) => typeof member === 'number') ? 0 : 4 * members.length;
  return members.reduce<number>((sum, member) => sum + heapBytes(member), 16 + pointers);
}
