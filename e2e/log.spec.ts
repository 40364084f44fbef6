import { readFile } from 'node:fs/promises';
import { strFromU8, unzipSync } from 'fflate';
import type { Locator } from '@playwright/test';
import { labelledLog, smallLog } from './support/logs';
import { errorsOf, expect, sharedTest, test, TINY } from './support/playground';

sharedTest('says what is wrong with files that are not logs', async ({ playground }) => {
  const { alert, intake } = playground;
  await playground.open();
  await playground.drop({ name: 'notes.csv', text: 'name,colour\nteacup,red\n' });
  await expect(intake.getByRole('alert')).toContainText('notes.csv');
  await expect(intake.getByRole('alert')).toContainText('user_id');
  await intake.getByRole('button', { name: 'Cancel' }).click();
  await playground.drop({ name: 'run.json', text: '{"format":"something else"}' });
  await expect(alert.filter({ hasText: 'run.json' })).toContainText('not a run record');
});

sharedTest(
  'keeps the rows that a column marks, saves the split for RecBole, and a link says which log it lacks',
  async ({ playground, page: elsewhere }) => {
    const { page, intake } = playground;
    await playground.open(TINY);
    const { bought, ...file } = labelledLog();
    await playground.drop(file);
    await playground.intakeStep('Columns');
    await intake.getByText('More that a column can hold').click();
    await intake.getByLabel('keep rows').selectOption('by wanted');
    await intake.getByLabel('values', { exact: true }).fill('ja');
    await playground.intakeStep('Filters');
    const rows = intake.getByRole('table', { name: 'Rows of events' });
    await expect(rows.getByRole('row', { name: /row that the row filter leaves out/ })).toContainText(String(180 - bought));
    await intake.getByLabel('Maximum events per hour').fill('1000');
    await intake.getByRole('button', { name: /^Use/ }).click();
    const log = await playground.section('Log');
    await expect(log).toContainText(`${bought} interactions`);

    const saved = page.waitForEvent('download');
    await log.getByRole('button', { name: 'RecBole' }).click();
    const files = unzipSync(await readFile(await (await saved).path()));
    expect(Object.keys(files).sort()).toEqual(
      ['test.inter', 'train.inter', 'valid.inter', 'item', 'yaml'].map((end) => `marked.${end}`).sort(),
    );
    // A header, and a row per user.
    expect(strFromU8(files['marked.test.inter']!).trimEnd().split('\n')).toHaveLength(31);

    await page.getByRole('button', { name: 'Share', exact: true }).click();
    const link = await page.getByRole('textbox', { name: 'Link: This recipe' }).inputValue();
    const hash = /log=([0-9a-f]{64})/.exec(link)![1]!;
    // In a browser that has not seen the log.
    const errors = errorsOf(elsewhere);
    await elsewhere.goto(`./#v=6&preset=quick&log=${hash}`);
    await expect(elsewhere.getByRole('status', { name: 'Logs' })).toContainText(
      `made for a log with SHA-256 ${hash.slice(0, 12)}`,
    );
    expect(errors).toEqual([]);
  },
);

test('an opened log is available at the next visit, until it is deleted', async ({ playground }) => {
  const { page } = playground;
  const recipe = page.getByRole('complementary', { name: 'Recipe' });
  const stored = async (): Promise<Locator> => {
    const model = await playground.section('Model');
    await model.getByText(/^Stored in this browser/).click();
    return model.getByRole('listitem').filter({ hasText: 'opened log' });
  };
  const visitAgain = async (): Promise<void> => {
    await page.goto('about:blank');
    await page.goto('./');
    await playground.view('Try it');
  };
  await playground.open(TINY);
  const entry = await stored();
  await expect(entry).toBeHidden();
  await playground.openLog(smallLog());
  await expect(recipe).toContainText('kitchen · 30 users · 40 items');
  await expect(entry).toContainText(/1 file, [\d.]+ .B/);
  await visitAgain();
  await expect(recipe).toContainText('kitchen · 30 users · 40 items');
  await stored();
  await entry.getByRole('button', { name: 'Delete opened log' }).click();
  await expect(entry).toBeHidden();
  // It is still open in this tab.
  await expect(recipe).toContainText('kitchen · 30 users · 40 items');
  await visitAgain();
  await expect(page.getByRole('status', { name: 'Logs' })).toContainText('The recipe was made for the log “kitchen”');
  await expect(await stored()).toBeHidden();
  await expect(recipe).not.toContainText('kitchen · 30 users');
});
