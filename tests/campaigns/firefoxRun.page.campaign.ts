/** The page in Firefox: a run there has the numbers of one in Chromium. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'puppeteer-core';
import { firefoxMissing, openFirefox } from '../../e2e/support/firefox';
import { exportedRecord, type PageBench } from '../../e2e/support/pageBench';
import { expect, playgroundOn, recipeHash, TINY } from '../../e2e/support/playground';
import { runRecordSchema, type RunRecord } from '../../src/record/runRecord';
import type { Campaign } from '../../src/testing/campaign';

const RECIPES: readonly Readonly<Record<string, string>>[] = [
  { ...TINY, 'training.steps': '8' },
  // Softmax over the catalogue and texts in histories, instead of InfoNCE and item tokens.
  { ...TINY, 'training.steps': '4', 'objective.actionLoss': 'full', 'objective.itemInterface': 'text' },
  { ...TINY, 'training.steps': '4', 'model.precision': 'q4_1', 'evaluation.probeSteps': '2' },
];
/** Largest relative difference of a loss: rounding, grown over the steps. */
const TOLERANCE = 1e-3;
const PATIENCE = 600_000;

/** Presses a button or an entry of a menu, once it is there. */
async function press(page: Page, name: string): Promise<void> {
  const pressed = (text: string): boolean => {
    const all = document.querySelectorAll<HTMLElement>('header button, [role="menuitem"]');
    const found = [...all].find((one) => one.innerText.trim() === text);
    found?.click();
    return found !== undefined;
  };
  await page.waitForFunction(pressed, {}, name);
}

/** The run of a recipe in a new Firefox, as exported. */
async function runInFirefox(url: string): Promise<RunRecord> {
  const folder = mkdtempSync(path.join(tmpdir(), 'karma-firefox-'));
  const browser = await openFirefox(folder);
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction(() => document.querySelector('header')?.textContent.includes('software'));
    await press(page, 'Run');
    const status = await page.waitForFunction(
      () => /^(?:Finished|Failed)$/.exec(document.querySelector('header [role="status"]')?.textContent ?? '')?.[0],
      { timeout: PATIENCE, polling: 500 },
    );
    expect(await status.jsonValue()).toBe('Finished');
    await press(page, 'Export');
    await press(page, 'Run record, JSON');
    const file = path.join(folder, 'quick-action-against-karma.run.json');
    await expect.poll(() => existsSync(file)).toBe(true);
    return runRecordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

/** Largest relative difference of what two runs lost at each step and measured of the language model. */
function difference(a: RunRecord, b: RunRecord): number {
  const numbers = ({ arms }: RunRecord): number[] =>
    arms
      .flatMap(({ steps, evaluations }) => [
        ...[steps.total, steps.action, steps.gen, steps.rec, steps.gradNorm].flat(),
        ...evaluations.map(({ values }) => values.lmNll!),
      ])
      .filter((value) => value !== null);
  const [ours, theirs] = [numbers(a), numbers(b)];
  expect(ours.length).toBe(theirs.length);
  return Math.max(...ours.map((value, at) => Math.abs(value - theirs[at]!) / Math.abs(theirs[at]!)));
}

const campaign: Campaign<PageBench> = {
  claim: 'a run on the page in Firefox has the losses and the language model’s loss of one in Chromium, to 1e-3',
  cases: RECIPES.length,
  // Two browsers that start, compile and train.
  sample: 0,
  missing: firefoxMissing,
  open: (_, { browser, url }) => ({
    run: async (index) => {
      const recipe = RECIPES[index]!;
      const page = await browser.newPage({ baseURL: url });
      const playground = playgroundOn(page);
      await playground.open(recipe);
      await playground.run.click();
      await playground.finished(PATIENCE);
      const chromium = await exportedRecord(page);
      await page.close();
      const found = difference(await runInFirefox(`${url}${recipeHash(recipe)}`), chromium);
      expect(found).toBeLessThan(TOLERANCE);
      return { 'difference of a loss': found };
    },
  }),
};
export default campaign;
