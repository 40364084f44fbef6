/**
 * The page, its workers or the whole browser are killed repeatedly during a run, which is resumed each time.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { smallLog } from '../../e2e/support/logs';
import { finishedRun } from '../../e2e/support/kept';
import { exportedRecord, type PageBench } from '../../e2e/support/pageBench';
import { expect, playgroundOn, TINY } from '../../e2e/support/playground';
import { makeTinyModels, serveInPlace } from '../../e2e/support/tinyModels';
import type { Campaign, Figures } from '../../src/testing/campaign';
import { caseSeed } from '../../src/testing/seed';
import { KILLED, KillablePage, RunHeard, type Killed } from '../../src/testing/killablePage';
import { firstDifference, measuredBy, type MeasuredValues } from '../../src/testing/measured';

/** Some minutes of training on a software adapter. */
const RECIPE = { ...TINY, 'training.steps': '300' };
/** Number of kills per case; a run that ends before is started again. */
const KILLS = 10;
/**
 * Maximum milliseconds from the click that starts or resumes the run, or from the first step after it, to a
 * kill: longer than the interval of checkpoints.
 */
const LATEST = 20_000;
/** The documented maximum loss, in seconds of training. */
const MOST_LOST = 20;
/** A run that compiles its kernels, on a busy machine without a GPU. */
const LONGEST = 900_000;

const campaign: Campaign<PageBench> = {
  claim: `a run whose page, worker or browser is killed (${KILLS} times a case) is offered again, has lost at most ${MOST_LOST} s of training, goes on to the numbers of an unbroken one, and is saved with them`,
  cases: 10,
  summed: ['kills', ...KILLED.map((what) => `kills of the ${what}`), 'kills in training', 'runs compared'],
  // Minutes each; kills and resume.mesa.test.ts try the same in Node.
  sample: 0,
  open: async (seed, bench) => {
    const [model] = await makeTinyModels({});
    const launch: PageBench['launch'] = async (profile) => {
      const context = await bench.launch(profile);
      await serveInPlace(context, model!);
      return context;
    };
    // Every case starts with the item features of the uninterrupted run: which provider computes them is
    // chosen by timing, and two differ in the last bits.
    const profile = mkdtempSync(path.join(tmpdir(), 'karma-page-kills-'));
    const unbroken = await inProfile(profile, launch, async (victim) => {
      await begin(victim);
      return finished(victim);
    });
    return {
      run: async (index) => {
        const own = mkdtempSync(path.join(tmpdir(), 'karma-page-kills-'));
        cpSync(profile, own, { recursive: true });
        try {
          return await inProfile(own, launch, (victim) => killAgainAndAgain(victim, unbroken, seed, index));
        } finally {
          rmSync(own, { recursive: true });
        }
      },
      close: () => {
        rmSync(profile, { recursive: true });
      },
    };
  },
};
export default campaign;

async function inProfile<T>(
  profile: string,
  launch: PageBench['launch'],
  work: (victim: KillablePage) => Promise<T>,
): Promise<T> {
  const victim = await KillablePage.open(() => launch(profile));
  try {
    return await work(victim);
  } finally {
    await victim.close();
  }
}

async function killAgainAndAgain(victim: KillablePage, unbroken: MeasuredValues, seed: number, index: number): Promise<Figures> {
  const figures: Record<string, number> = { kills: 0, 'seconds of training lost': 0 };
  const add = (name: string, value = 1): void => {
    figures[name] = (figures[name] ?? 0) + value;
  };
  await begin(victim);
  while (figures.kills! < KILLS) {
    const draw = (of: number): number => (caseSeed(caseSeed(seed, index), 3 * figures.kills! + of) >>> 0) / 2 ** 32;
    const what = KILLED[Math.floor(KILLED.length * draw(0))]!;
    const ended = await passed(victim, draw(1) < 0.5, LATEST * draw(2));
    if (ended) {
      expect(firstDifference(await finished(victim), unbroken)).toBeNull();
      add('runs compared');
      await start(victim);
      continue;
    }
    const { heardAt } = victim.heard;
    const training = heardAt === null ? 0 : (performance.now() - heardAt) / 1000;
    await victim.kill(what);
    add('kills');
    add(`kills of the ${what}`);
    if (heardAt !== null) add('kills in training');
    const lost = await goOn(victim, what);
    console.info(
      `pageKills ${index}: ${what} ${heardAt === null ? 'before training' : 'in training'}, ${lost === null ? 'no checkpoint yet' : `${(lost + training).toFixed(1)} s lost`}`,
    );
    if (lost !== null) {
      figures['seconds of training lost'] = Math.max(figures['seconds of training lost']!, lost + training);
      expect(lost + training, 'seconds of training lost').toBeLessThanOrEqual(MOST_LOST);
    }
  }
  expect(firstDifference(await finished(victim), unbroken)).toBeNull();
  add('runs compared');
  return figures;
}

async function begin(victim: KillablePage): Promise<void> {
  const playground = playgroundOn(victim.page);
  await playground.open(RECIPE);
  await playground.openLog(smallLog());
  await start(victim);
}

async function start(victim: KillablePage): Promise<void> {
  victim.heard = new RunHeard();
  await playgroundOn(victim.page).run.click();
}

/** Waits until the moment of a kill. @returns whether the run ended before */
async function passed({ page, heard }: KillablePage, afterFirstStep: boolean, milliseconds: number): Promise<boolean> {
  if (afterFirstStep) {
    await expect.poll(() => heard.heardAt !== null || heard.ended !== null, { timeout: LONGEST, intervals: [50] }).toBe(true);
  }
  const until = performance.now() + milliseconds;
  while (heard.ended === null && performance.now() < until) await page.waitForTimeout(Math.min(50, until - performance.now()));
  expect(heard.ended).not.toBe('failed');
  return heard.ended !== null;
}

/**
 * Opens the page again as a user would, and resumes the run, or restarts it if it had no checkpoint. @returns
 * seconds of training lost before the kill; null without a checkpoint
 */
async function goOn(victim: KillablePage, killed: Killed): Promise<number | null> {
  const { page, heard } = victim;
  const playground = playgroundOn(page);
  if (killed === 'worker') {
    // The page does not notice: its run hangs.
    await playground.stop.click();
    await expect(playground.status).toHaveText('Stopped', { timeout: 120_000 });
  } else {
    await page.goto('./');
    await expect(page.getByRole('banner')).toContainText('swiftshader', { timeout: 120_000 });
  }
  const resume = page.getByRole('button', { name: /^Resume at step/ });
  // A checkpoint that was stored but not reported is offered as well.
  if (heard.kept) await expect(resume).toBeEnabled({ timeout: 120_000 });
  else await page.waitForTimeout(5000);
  if (!(await resume.isVisible())) {
    await start(victim);
    return null;
  }
  const step = Number(/([\d,]+)$/.exec(await resume.innerText())![1]!.replace(',', ''));
  const lost = heard.secondsSince(step);
  heard.goOnFrom(step);
  await resume.click();
  return lost;
}

async function finished({ page, heard }: KillablePage): Promise<MeasuredValues> {
  await expect.poll(() => heard.ended, { timeout: LONGEST }).not.toBeNull();
  await expect(playgroundOn(page).status).toHaveText('Finished', { timeout: LONGEST });
  const shown = measuredBy(await exportedRecord(page));
  // What the next visit finds is what is on the page, and nothing is left to resume.
  expect(firstDifference(measuredBy(await finishedRun(page)), shown)).toBeNull();
  return shown;
}
