/** An experiment out of one browser and into another. */
import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { smallLog } from './support/logs';
import { expect, playgroundOn, test, TINY } from './support/playground';

test('comes back from one ZIP with its log, its numbers and its recipe', async ({ playground, browser, baseURL }) => {
  const { page, run, status } = playground;
  await playground.open({ ...TINY, 'training.learningRate': '0.0015' });
  await playground.openLog(smallLog());
  await run.click();
  await expect(status).toHaveText('Finished', { timeout: 120_000 });
  const curves = await playground.table('HR@K over steps');

  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Experiment, ZIP' }).click();
  const dialog = page.getByRole('dialog', { name: /as one ZIP$/ });
  await expect(dialog).toContainText('the adapters of Action and KARMA');
  await dialog.getByLabel('With the log, 180 events, as CSV').check();
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save' }).click();
  const buffer = readFileSync(await (await download).path());
  const names = Object.keys(unzipSync(new Uint8Array(buffer)));
  expect(names).toEqual(expect.arrayContaining(['run.json', 'methods.md', 'log/kitchen.csv', 'log/kitchen.items.csv']));
  expect(names).toContain('adapters/karma-karma-lora/karma_heads.safetensors');

  // Nothing is stored here.
  const context = await browser.newContext({ ...(baseURL && { baseURL }), viewport: { width: 1440, height: 900 } });
  const other = playgroundOn(await context.newPage());
  await other.open();
  await other.page
    .getByLabel('Open records')
    .setInputFiles([{ name: 'kitchen.experiment.zip', mimeType: 'application/zip', buffer }]);
  // The dialog shows itself while the log is read.
  await expect(other.page.getByRole('complementary', { name: 'Recipe' })).toContainText('kitchen · 30 users · 40 items');
  await expect(other.intake).toBeHidden();
  await expect(other.page.getByRole('banner')).toContainText('Opened record');
  expect(await other.table('HR@K over steps')).toEqual(curves);
  const log = await other.section('Log');
  await expect(log).toContainText('180 interactions of 30 users');
  await expect(other.choices.getByLabel('Learning rate', { exact: true })).toHaveValue('0.0015');
  // What was restored can be run again.
  await other.run.click();
  await expect(other.status).toHaveText('Finished', { timeout: 120_000 });
  expect((await other.table('HR@K over steps')).map(({ step }) => step)).toEqual(curves.map(({ step }) => step));
  await context.close();
});
