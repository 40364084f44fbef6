/**
 * One's own log, from its file to a finished run, and what the page then says about that run: one run for all
 * tests here.
 */
import { readFile } from 'node:fs/promises';
import { addItem, history, listOf, modelPanel, openInspector } from './support/inspector';
import { brokenLog, smallLog } from './support/logs';
import { expect, sharedTest as test, TINY } from './support/playground';

test.describe.configure({ mode: 'serial' });

test('reads the log, accounts for a row that cannot be read, and trains on it', async ({ playground }) => {
  const { page, run } = playground;
  const profiler = page.getByRole('complementary', { name: 'Profiler' });
  await playground.open({ ...TINY, 'evaluation.probeSteps': '2' });
  await page.getByLabel('Open records').setInputFiles('tests/records/action-karma.json');
  await expect(page.getByRole('banner')).toContainText('Opened record');
  const log = await playground.section('Log');
  await playground.openLog(smallLog());
  await expect(log).toContainText('kitchen · 30 users · 40 items');
  await expect(log).toContainText('180 interactions');
  // The page shows a run on the sample store.
  const logs = page.getByRole('status', { name: 'Logs' });
  await expect(logs).toContainText('a run on the log “WordNet General Store”');
  await expect(logs).toContainText('The recipe is set to “kitchen”');

  await playground.openLog(brokenLog(5));
  await expect(log).toContainText('broken · 30 users · 40 items');
  await expect(log).toContainText('1 row: time that cannot be read');
  await expect(log).toContainText('broken.csv:5');
  await expect(log).toContainText('yesterday');

  await page.getByRole('button', { name: 'Profile', exact: true }).click();
  await expect(profiler).toContainText('No step of the run on the page was profiled.');
  await profiler.getByLabel('Profile this run').check();
  await run.click();
  await playground.finished(150_000);
  for (const arm of ['Action', 'KARMA']) {
    expect(await playground.stepOf(arm)).toBe(2);
    const rows = (await playground.table('HR@K over steps')).filter((row) => row.arm === arm);
    await expect(logs).toHaveCount(0);
    expect(rows.map(({ step, population, n }) => [step, population, n])).toEqual([
      ['0', 'sample', '8'],
      ['2', 'sample', '8'],
      ['2', 'all', '8'],
    ]);
  }
  await expect(playground.panel('Attention maps').getByLabel('History')).toContainText(/next is (red|blue|small|old) \w+/);
});

test('profiles it: where a step’s time goes, part by part', async ({ playground }) => {
  const { page } = playground;
  const profiler = page.getByRole('complementary', { name: 'Profiler' });
  await expect(profiler).toContainText('Mean of 2 profiled steps');
  const tree = profiler.getByRole('treegrid', { name: 'A step of KARMA by part' });
  const row = (name: string) => tree.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
  await expect(row('step')).toContainText('100.0');
  await expect(row('reconstruction')).toHaveAttribute('aria-expanded', 'false');
  await expect(row('text loss')).toBeHidden();
  await row('reconstruction').focus();
  await page.keyboard.press('ArrowRight');
  await expect(row('text loss')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(row('reconstruction')).not.toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(row('reconstruction')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(row('text loss')).toBeHidden();

  await profiler.getByText('kernel', { exact: true }).click();
  await expect(profiler.getByRole('treegrid', { name: 'A step of KARMA by kernel' })).toContainText('attention_forward');
  const rows = await playground.table('Profile');
  for (const arm of ['Action', 'KARMA']) {
    const shares = rows.filter((line) => line.arm === arm).map((line) => Number(line['share (%)']));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0);
  }
  expect(rows.find((line) => line.arm === 'KARMA' && line.part === 'reconstruction › decoder forward › layer 2')).toBeDefined();
  expect(rows.find((line) => line.arm === 'Action' && line.part?.startsWith('reconstruction'))).toBeUndefined();
});

test('asks base model and arms about a history built by hand, and about a user’s as in the final evaluation', async ({
  playground,
}) => {
  const { page } = playground;
  const readings = (await playground.table('What the embedding says')).filter(({ history: one }) => one === '1');
  const fidelity = await playground.table('Semantic fidelity');
  const gains = fidelity.filter(({ measure, targets }) => measure === 'decodability gain' && targets === 'all');
  expect(gains.map((row) => row.model)).toEqual(['Target’s own e', 'Untrained', 'Action', 'KARMA']);

  await openInspector(playground);
  for (const words of ['red teacup', 'violin', 'boot']) await addItem(playground, words);
  await expect(history(playground)).toHaveCount(3);
  for (const arm of ['Action', 'KARMA']) {
    await expect.poll(() => listOf(playground, arm)).toHaveLength(10);
    // Texts arrive after the lists.
    await expect(modelPanel(playground, arm)).not.toContainText('Reading…', { timeout: 30_000 });
    await expect(modelPanel(playground, arm).locator('blockquote').last()).not.toBeEmpty();
  }
  await expect(modelPanel(playground, 'Action')).toContainText('None: λ_rec = 0.');
  for (const other of ['Base model, zero-shot', 'Item-kNN']) await expect(modelPanel(playground, other)).toBeVisible();

  // Attention: [BOS], three items and [EMB]; each column sums to 100 %, for the mean and for one head.
  const sums = async (): Promise<number[]> => {
    const rows = await page
      .getByRole('table', { name: /What \[EMB\] attends/ })
      .locator('tbody tr')
      .all();
    expect(rows).toHaveLength(5);
    const cells = await Promise.all(rows.map((row) => row.getByRole('cell').allInnerTexts()));
    return cells[0]!.map((_, column) => cells.reduce((sum, row) => sum + Number(row[column]), 0));
  };
  for (const sum of await sums()) expect(Math.abs(sum - 100)).toBeLessThan(0.3);
  const inspected = playground.panel('Inspected history');
  await inspected.getByLabel('Layer', { exact: true }).selectOption('2');
  await inspected.getByLabel('Head', { exact: true }).selectOption('1');
  for (const sum of await sums()) expect(Math.abs(sum - 100)).toBeLessThan(0.3);

  // By keyboard: move the first item, and remove the last one.
  await history(playground).first().focus();
  await page.keyboard.press('Alt+ArrowRight');
  await expect(history(playground).nth(1)).toContainText('red teacup');
  await expect(history(playground).nth(1)).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(history(playground)).toHaveCount(2);

  const download = page.waitForEvent('download');
  await playground.panel('Inspected history').getByRole('button', { name: 'Options' }).click();
  await page.getByRole('menuitem', { name: 'CSV' }).click();
  const csv = await readFile(await (await download).path(), 'utf8');
  expect(csv.split('\r\n')[0]).toBe('model,step,what,place,item or text,value');
  expect(csv).toMatch(/KARMA,2,item,1,/);

  // The history of the first probe, without its query, which probes leave out.
  await page.getByLabel('or by user ID').fill(readings[0]!.user!);
  await page.getByRole('button', { name: 'Take' }).click();
  await expect(page.getByText(`Next came ${readings[0]!.target!}.`)).toBeVisible();
  // (The recipe has a text box for the query's template, which must stay.)
  const query = page.getByRole('main').getByRole('textbox', { name: 'Query', exact: true });
  if (await query.isVisible()) await query.fill('');
  for (const arm of ['Action', 'KARMA']) {
    const expected = readings.filter((row) => row.arm === arm).map(({ item }) => item);
    await expect
      .poll(async () => (await listOf(playground, arm)).slice(0, 5).map((line) => line.split('\n')[1]), { timeout: 30_000 })
      .toEqual(expected);
  }
  await expect(modelPanel(playground, 'KARMA')).toContainText('Rank of the next item');
});
