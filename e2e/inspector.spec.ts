import { listOf, modelPanel, openInspector } from './support/inspector';
import { expect, test } from './support/playground';

test('the recorded run’s arms answer from its adapters, without any training, as its evaluation did', async ({ playground }) => {
  const { page } = playground;
  await playground.open();
  const readings = (await playground.table('What the embedding says')).filter(({ history: one }) => one === '2');
  await page.getByRole('region', { name: 'Verdict' }).getByRole('button', { name: 'Ask all models' }).click();
  await expect(playground.panel('Inspected history')).toContainText('adapters of the recorded run', { timeout: 90_000 });
  const query = page.getByRole('main').getByRole('textbox', { name: 'Query', exact: true });
  if (await query.isVisible()) await query.fill('');
  for (const arm of ['Action', 'KARMA']) {
    const expected = readings.filter((row) => row.arm === arm).map(({ item }) => item);
    expect(expected).toHaveLength(5);
    await expect
      .poll(async () => (await listOf(playground, arm)).slice(0, 5).map((line) => line.split('\n')[1]?.trim()), {
        timeout: 60_000,
      })
      .toEqual(expected);
  }
  await expect(modelPanel(playground, 'KARMA')).not.toContainText('Reading…', { timeout: 60_000 });
  await expect(modelPanel(playground, 'KARMA').locator('blockquote').first()).not.toBeEmpty();
});

test('answers with the base model alone if nothing was trained, and names a user who does not exist', async ({ playground }) => {
  const { page } = playground;
  await page.route('**/recorded/**', (route) => route.fulfill({ contentType: 'text/html', body: 'no such file' }));
  await playground.open();
  await openInspector(playground);
  await page.getByLabel('or by user ID').fill('nobody');
  await page.getByRole('button', { name: 'Take' }).click();
  await expect(page.getByRole('alert')).toContainText('nobody', { timeout: 60_000 });
  await page.getByRole('button', { name: 'Random user' }).click();
  await expect.poll(() => listOf(playground, 'Base model, zero-shot'), { timeout: 60_000 }).toHaveLength(10);
  await expect(page.getByRole('alert')).toBeHidden();
  await expect(playground.panel('Inspected history')).toContainText('Only the base model and item-kNN answer');
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(page.getByText('Search for items and add them')).toBeVisible();
});
