import { readFile } from 'node:fs/promises';
import { describeRun } from '../src/readings/runs/runEntry';
import { migrate } from '../src/record/migrate';
import type { RunRecord } from '../src/record/runRecord';
import { manyRuns } from './support/manyRuns';
import { expect, test } from './support/playground';

test('a thousand saved runs are one table by keyboard, of which only what is seen is drawn', async ({ playground }) => {
  const { page } = playground;
  const record = migrate(JSON.parse(await readFile('tests/records/action-karma.json', 'utf8'))) as RunRecord;
  await page.goto('./');
  await manyRuns(page, describeRun(record, { status: 'finished' }), record, 1000);
  await playground.view('Runs');
  const table = page.getByRole('grid', { name: 'Saved runs' });
  await expect(table).toHaveAttribute('aria-rowcount', '1001');
  const cell = page.locator(':focus');
  await table.getByRole('columnheader', { name: 'Name' }).focus();
  await page.keyboard.press('Enter');
  await expect(table.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'ascending');
  await page.keyboard.press('ArrowDown');
  await expect(cell).toContainText('Run 0000');
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(cell).toContainText('Run 0999');
  await expect(cell).toBeInViewport();
  expect(await table.getByRole('row').count()).toBeLessThan(80);

  // What is picked is compared; what is drawn follows scrolling; Enter opens.
  await page.keyboard.press(' ');
  await expect(page.getByRole('row', { selected: true })).toContainText('Run 0999');
  await expect(page.getByLabel('Compare the run picked')).toBeVisible();
  await page.keyboard.press('PageUp');
  await expect(cell).toContainText('Run 0989');
  await table.evaluate((own) => {
    own.parentElement!.scrollTop = 0;
  });
  await expect(table.getByRole('rowheader', { name: 'Run 0000' })).toBeInViewport();
  await expect(cell).toContainText('Run 0989');
  await page.keyboard.press('Enter');
  await expect(playground.panel('HR@K over steps')).toBeVisible();
});
