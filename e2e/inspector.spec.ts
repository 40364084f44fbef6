import { readFile } from 'node:fs/promises';
import { smallLog } from './support/logs';
import { expect, TINY, test, type Playground } from './support/playground';

function model({ page }: Playground, name: string) {
  return page.getByRole('region', { name, exact: true });
}

async function open({ page }: Playground): Promise<void> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Inspector' }).click();
}

async function add({ page }: Playground, words: string): Promise<void> {
  const box = page.getByRole('combobox', { name: 'Add an item' });
  await box.fill(words);
  await page.getByRole('option').filter({ hasText: words }).first().click();
}

function history({ page }: Playground) {
  return page.getByRole('list', { name: 'History, oldest first' }).getByRole('listitem');
}

/** Titles and scores of a model's best items. */
async function listOf(playground: Playground, name: string): Promise<string[]> {
  return playground.page
    .getByRole('list', { name: `Best items of ${name}` })
    .getByRole('listitem')
    .allInnerTexts();
}

test('asks base model and arms about a history that was built, and about a user’s as the final evaluation did', async ({
  playground,
}) => {
  const { page, run, status } = playground;
  await playground.open({ ...TINY, 'evaluation.probeSteps': '2' });
  await playground.openLog(smallLog());
  await run.click();
  await expect(status).toHaveText('Finished', { timeout: 150_000 });
  const readings = (await playground.table('What the embedding says')).filter(({ history: one }) => one === '1');
  const fidelity = await playground.table('Semantic fidelity');
  const gains = fidelity.filter(({ measure, targets }) => measure === 'decodability gain' && targets === 'all');
  expect(gains.map((row) => row.model)).toEqual(['Target’s own e', 'Untrained', 'Action', 'KARMA']);

  await open(playground);
  for (const words of ['red teacup', 'violin', 'boot']) await add(playground, words);
  await expect(history(playground)).toHaveCount(3);
  for (const arm of ['Action', 'KARMA']) {
    await expect.poll(() => listOf(playground, arm)).toHaveLength(10);
    // Texts come after the lists.
    await expect(model(playground, arm)).not.toContainText('Reading…', { timeout: 30_000 });
    await expect(model(playground, arm).locator('blockquote').last()).not.toBeEmpty();
  }
  await expect(model(playground, 'Action')).toContainText('None: λ_rec = 0.');
  for (const other of ['Base model, zero-shot', 'Item-kNN']) await expect(model(playground, other)).toBeVisible();

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
  await page.getByLabel('Layer').selectOption('2');
  await page.getByLabel('Head').selectOption('1');
  for (const sum of await sums()) expect(Math.abs(sum - 100)).toBeLessThan(0.3);

  // By keyboard: move the first item, and take the last one out.
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

  // The history of the first probe, without its query, as probes are read.
  await page.getByPlaceholder('User ID').fill(readings[0]!.user!);
  await page.getByRole('button', { name: 'Take' }).click();
  await expect(page.getByText(`Next came ${readings[0]!.target!}.`)).toBeVisible();
  const query = page.getByRole('textbox', { name: 'Query' });
  if (await query.isVisible()) await query.fill('');
  for (const arm of ['Action', 'KARMA']) {
    const expected = readings.filter((row) => row.arm === arm).map(({ item }) => item);
    await expect
      .poll(async () => (await listOf(playground, arm)).slice(0, 5).map((line) => line.split('\n')[1]), { timeout: 30_000 })
      .toEqual(expected);
  }
  await expect(model(playground, 'KARMA')).toContainText('Rank of the next item');
});

test('the recorded run’s arms answer from its adapters, without any training, as its evaluation did', async ({ playground }) => {
  const { page } = playground;
  await playground.open();
  const readings = (await playground.table('What the embedding says')).filter(({ history: one }) => one === '1');
  await page.getByRole('region', { name: 'Verdict' }).getByRole('button', { name: 'Ask both models' }).click();
  await expect(playground.panel('Inspected history')).toContainText('adapters of the recorded run', { timeout: 90_000 });
  const query = page.getByRole('textbox', { name: 'Query' });
  if (await query.isVisible()) await query.fill('');
  for (const arm of ['Action', 'KARMA']) {
    const expected = readings.filter((row) => row.arm === arm).map(({ item }) => item);
    expect(expected).toHaveLength(5);
    await expect
      .poll(async () => (await listOf(playground, arm)).slice(0, 5).map((line) => line.split('\n')[1]), { timeout: 60_000 })
      .toEqual(expected);
  }
  await expect(model(playground, 'KARMA')).not.toContainText('Reading…', { timeout: 60_000 });
  await expect(model(playground, 'KARMA').locator('blockquote').first()).not.toBeEmpty();
});

test('answers with the base model alone where nothing was trained, and names a user that there is not', async ({
  playground,
}) => {
  const { page } = playground;
  await page.route('**/recorded/**', (route) => route.fulfill({ contentType: 'text/html', body: 'no such file' }));
  await playground.open();
  await open(playground);
  await page.getByPlaceholder('User ID').fill('nobody');
  await page.getByRole('button', { name: 'Take' }).click();
  await expect(page.getByRole('alert')).toContainText('nobody', { timeout: 60_000 });
  await page.getByRole('button', { name: 'Random user' }).click();
  await expect.poll(() => listOf(playground, 'Base model, zero-shot'), { timeout: 60_000 }).toHaveLength(10);
  await expect(page.getByRole('alert')).toBeHidden();
  await expect(playground.panel('Inspected history')).toContainText('Only the base model and item-kNN answer');
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(page.getByText('Search for items and add them')).toBeVisible();
});
