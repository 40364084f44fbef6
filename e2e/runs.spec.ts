import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Locator } from '@playwright/test';
import type { RunRecord } from '../src/record/runRecord';
import { smallLog } from './support/logs';
import { errorsOf, expect, ONE_ARM, playgroundOn, sharedTest as test, type Playground } from './support/playground';

test('saves runs between visits: sort, note, open, delete, undo, and the collection as a file', async ({
  playground,
}, testInfo) => {
  const { run } = playground;
  const finish = async (): Promise<void> => {
    await run.click();
    await playground.finished();
  };

  await playground.open({ ...ONE_ARM, name: 'Small' });
  await playground.openLog(smallLog());
  await expect(await playground.section('Log')).toContainText('users');
  await finish();
  const training = await playground.section('Training');
  await training.getByLabel('Seed').fill('7');
  await expect(playground.page.getByLabel('Changes since the last run')).toHaveText('Since the last run: Seed 0 → 7.');
  await finish();

  await test.step('sort, note and tag', async () => {
    const { page, rows, seeds, showRuns } = savedRuns(playground);
    await showRuns();
    await expect(rows).toHaveCount(2);
    await expect.poll(seeds).toEqual(['7', '0']);
    await page.getByRole('button', { name: 'Seed', exact: true }).click();
    await expect.poll(seeds).toEqual(['0', '7']);
    await page.getByLabel('Notes on Small, seed 7').fill('second');
    await page.getByLabel('Tags of Small, seed 0').fill('first, tiny');
    await page.screenshot({ path: testInfo.outputPath('runs.png') });
    // On paper names of columns and runs, which are buttons, stay; what only does something does not.
    await page.emulateMedia({ media: 'print' });
    await expect(page.getByRole('button', { name: 'Seed', exact: true })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Small', exact: true }).first()).toBeVisible();
    await expect(page.getByRole('button', { name: /^Delete/ }).first()).toBeHidden();
    await page.emulateMedia({ media: 'screen' });
  });

  const visit = playgroundOn(await playground.page.context().newPage());
  const { page, rows, seeds, showRuns, all } = savedRuns(visit);
  const errors = errorsOf(page);
  await visit.open();
  await showRuns();
  await expect(rows).toHaveCount(2);
  await expect(page.getByLabel('Notes on Small, seed 7')).toHaveValue('second');
  await page.getByLabel('Filter').fill('tiny');
  await expect.poll(seeds).toEqual(['0']);
  await page.getByLabel('Filter').fill('');
  await page
    .getByRole('row', { name: /second|Seed 0 → 7/ })
    .getByRole('button', { name: 'Small', exact: true })
    .click();
  await expect(visit.panel('HR@K over steps')).toBeVisible();
  const shown = await visit.table('HR@K over steps');
  expect(shown.filter(({ population }) => population === 'all')).toHaveLength(1);

  await showRuns();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save all as ZIP' }).click();
  const archive = testInfo.outputPath('karma-runs.zip');
  await (await download).saveAs(archive);

  await page.getByRole('button', { name: 'Delete Small, seed 7' }).click();
  await page.getByRole('button', { name: 'Confirm delete' }).click();
  await expect.poll(seeds).toEqual(['0']);
  await page.getByRole('main').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(seeds).toEqual(['7', '0']);
  await expect(page.getByLabel('Notes on Small, seed 7')).toHaveValue('second');

  for (const seed of ['0', '7']) {
    await page.getByRole('button', { name: `Delete Small, seed ${seed}` }).click();
    await page.getByRole('button', { name: 'Confirm delete' }).click();
  }
  await expect(rows).toHaveCount(0);
  await page.getByLabel('Open run files or a collection').setInputFiles(archive);
  await expect(rows).toHaveCount(2);
  await expect(page.getByLabel('Tags of Small, seed 0')).toHaveValue('first, tiny');

  // A run file compressed with gzip.
  const recorded = JSON.parse(await readFile('tests/records/action-karma.json', 'utf8')) as RunRecord;
  const packed = gzipSync(JSON.stringify({ ...recorded, spec: { ...recorded.spec, seed: 99 } }));
  await page
    .getByLabel('Open run files or a collection')
    .setInputFiles({ name: 'recorded.run.json.gz', mimeType: 'application/gzip', buffer: packed });
  await expect(visit.panel('HR@K over steps')).toBeVisible();
  await showRuns();
  await expect.poll(all).toContain('99');
  expect(errors).toEqual([]);
  await page.close();
});

/** The table of saved runs: those of this test, and the seeds of all. */
function savedRuns({ page }: Playground) {
  const every = page.getByRole('region', { name: 'Saved runs' }).getByRole('row');
  const rows = every.filter({ has: page.getByRole('button', { name: 'Small', exact: true }) });
  const seedsOf = (shown: Locator) => (): Promise<string[]> => shown.locator('td:nth-child(4)').allInnerTexts();
  return {
    page,
    rows,
    seeds: seedsOf(rows),
    all: seedsOf(every),
    showRuns: () => page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: /^Runs/ }).click(),
  };
}
