import { openInspector } from './support/inspector';
import { expect, sharedTest as test, TINY } from './support/playground';

const ARMS = [
  { id: 'action', label: 'Action' },
  { id: 'img', label: '+img', lambdaImg: 0.3 },
];

test('an arm with L_img has its loss in the figure, and the inspector shows what h draws', async ({ playground }) => {
  const { page, run } = playground;
  await playground.open({ ...TINY, arms: JSON.stringify(ARMS) });
  await run.click();
  await playground.finished(150_000);
  await expect(page.locator('option[value="img"]').first()).toHaveText('L_img');

  // What it drew at the displayed evaluation, and pictures beside titles in every arm.
  const readings = playground.panel('What the embedding says');
  const said = readings.getByRole('region', { name: 'What +img says' });
  await expect(said.getByRole('img', { name: 'What h draws' })).toBeVisible();
  await expect(said.getByRole('img', { name: /^Picture of / })).toHaveCount(4);
  const actionSays = readings.getByRole('region', { name: 'What Action says' });
  // Pictures beside titles are loaded when they are seen.
  await actionSays.scrollIntoViewIfNeeded();
  await expect(actionSays.locator('canvas')).toHaveCount(5);

  await openInspector(playground);
  const box = page.getByRole('combobox', { name: 'Add an item' });
  for (const words of ['violin', 'banjo']) {
    await box.fill(words);
    await page.getByRole('option').filter({ hasText: words }).first().click();
  }
  const arm = page.getByRole('region', { name: '+img', exact: true });
  await expect(arm.getByRole('img', { name: 'What h draws' })).toBeVisible({ timeout: 60_000 });
  await expect(arm.getByRole('img', { name: /^Picture of / })).toHaveCount(4);
  const action = page.getByRole('region', { name: 'Action', exact: true });
  await expect(action.getByRole('list')).toBeVisible();
  await expect(action.getByRole('img', { name: 'What h draws' })).toHaveCount(0);
  // A picture, not an empty canvas.
  const drawn = await arm.getByRole('img', { name: 'What h draws' }).evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return new Set(data).size;
  });
  expect(drawn).toBeGreaterThan(20);
});
