import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { dragOf } from './support/drag';
import { oddLog, smallLog } from './support/logs';
import { expect, ONE_ARM, sharedTest as test } from './support/playground';

const RECORD = path.resolve('tests/records/action-karma.json');

test('accepts files dropped from the desktop; while it trains only a log, which can be opened with keys alone', async ({
  playground,
}, testInfo) => {
  const { page, run, stop, status, alert, intake } = playground;
  const veil = page.getByText(
    'Drop a log (CSV, JSON, Parquet, compressed or not), a model’s or an adapter’s folder, a run or an experiment.',
  );
  const log = testInfo.outputPath(smallLog().name);
  writeFileSync(log, smallLog().text);
  await playground.open({ ...ONE_ARM, 'training.steps': '1000' });

  const drag = await dragOf(page, log);
  await drag('dragEnter');
  await drag('dragOver');
  await expect(veil).toBeVisible();
  // The protocol cannot leave the window; browsers report that like this.
  await page.dispatchEvent('body', 'dragleave');
  await expect(veil).toBeHidden();
  await drag('dragEnter');
  await drag('dragOver');
  await drag('drop');
  await expect(veil).toBeHidden();
  await intake.getByRole('button', { name: 'Use this log' }).click();
  await expect(page.getByRole('complementary', { name: 'Recipe' })).toContainText('kitchen · 30 users · 40 items');

  await run.click();
  await expect(status).toHaveText('Running', { timeout: 90_000 });
  const dragRecord = await dragOf(page, RECORD);
  const dropRecord = async (): Promise<void> => {
    await dragRecord('dragEnter');
    await dragRecord('dragOver');
    await dragRecord('drop');
  };
  await dropRecord();
  await expect(alert).toContainText('Stop the experiment before opening action-karma.json.');

  await playground.drop(oddLog(), { name: 'README.txt', text: 'Goods of a shop.\n' });
  await expect(intake).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(intake).toBeHidden();
  await playground.drop({ ...smallLog(), name: 'second.csv' });
  await expect(intake.getByRole('button', { name: 'Use this log' })).toBeEnabled();
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
  for (let presses = 0; presses < 40 && (await focused()) !== 'Change columns, filters, split'; presses++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(intake.getByLabel('user', { exact: true })).toBeVisible();
  for (let presses = 0; presses < 60 && (await focused()) !== 'Use this log'; presses++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(intake).toBeHidden();
  await expect(page.getByRole('complementary', { name: 'Recipe' })).toContainText('second · 30 users', { timeout: 60_000 });
  await expect(status).toHaveText('Running');

  await stop.click();
  await expect(status).toHaveText('Stopped', { timeout: 60_000 });
  await dropRecord();
  await expect(page.getByRole('banner')).toContainText('Opened record');
  await expect(alert).toBeHidden();
});
