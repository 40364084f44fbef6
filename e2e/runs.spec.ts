import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Locator } from '@playwright/test';
import type { RunRecord } from '../src/record/runRecord';
import { savedRuns as keptRuns } from './support/kept';
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
  // The browser's own folder in place of one that is chosen in its dialog, which a test cannot answer.
  await playground.page.evaluate(() => {
    Object.assign(globalThis, {
      showDirectoryPicker: async () => (await navigator.storage.getDirectory()).getDirectoryHandle('finished', { create: true }),
    });
  });
  await savedRuns(playground).showRuns();
  await playground.page.getByRole('button', { name: 'Write every finished run to a folder, too' }).click();
  await expect(playground.page.getByText('Finished runs are also written to the folder “finished”.')).toBeVisible();
  const training = await playground.section('Training');
  await training.getByLabel('Seed').fill('7');
  await expect(playground.page.getByLabel('Changes since the last run')).toHaveText('Since the last run: Seed 0 → 7.');
  await finish();

  await test.step('a finished run is in the folder, which the next visit knows', async () => {
    const written = (): Promise<[string, unknown][]> =>
      playground.page.evaluate(async () => {
        const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('finished');
        const files: [string, unknown][] = [];
        for await (const [name, file] of folder as unknown as AsyncIterable<[string, FileSystemFileHandle]>)
          files.push([name, JSON.parse(await (await file.getFile()).text())]);
        return files;
      });
    await expect.poll(async () => (await written()).length).toBe(1);
    const [[name, record]] = (await written()) as [[string, RunRecord]];
    expect(name).toMatch(/^small-seed-7-[0-9a-f]{16}\.run\.json$/);
    expect([record.format, record.complete, record.spec.seed]).toEqual(['karma-run', true, 7]);
  });

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
  await expect(page.getByText('Finished runs are also written to the folder “finished”.')).toBeVisible();
  await page.getByRole('button', { name: 'Write to no folder' }).click();
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
  const table = async (): Promise<string[]> => (await rows.allInnerTexts()).map((row) => row.replaceAll(/\s+/g, ' '));
  const saved = await table();
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
  await expect(page.getByLabel('Notes on Small, seed 7')).toHaveValue('second');
  // Runs of tests before this one are in the file, too.
  const others = (await keptRuns(page)).length - 2;
  const there = (n: number): string => (n === 0 ? 'none was' : n === 1 ? 'one was' : `${n} were`);
  await expect(page.getByText(`2 runs restored, ${there(others)} there already.`)).toBeVisible();
  expect(await table()).toEqual(saved);
  // What is there stays as it is.
  await page.getByLabel('Notes on Small, seed 7').fill('later');
  await page.getByLabel('Open run files or a collection').setInputFiles(archive);
  await expect(page.getByText(`0 runs restored, ${there(others + 2)} there already.`)).toBeVisible();
  await expect(page.getByLabel('Notes on Small, seed 7')).toHaveValue('later');
  expect(await table()).toEqual(saved);

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
function savedRuns({ page, view }: Playground) {
  const every = page.getByRole('region', { name: 'Saved runs' }).getByRole('row');
  const rows = every.filter({ has: page.getByRole('button', { name: 'Small', exact: true }) });
  const seedsOf = (shown: Locator) => (): Promise<string[]> => shown.locator('td:nth-child(4)').allInnerTexts();
  return {
    page,
    rows,
    seeds: seedsOf(rows),
    all: seedsOf(every),
    showRuns: () => view('Runs'),
  };
}
