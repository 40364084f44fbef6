import { smallLog } from './support/logs';
import { expect, recipeHash, test, TINY } from './support/playground';

test('a second tab watches the run of the first, and is offered it when that tab is closed', async ({ playground, context }) => {
  test.setTimeout(1_500_000);
  const { page, step, status } = playground;
  const fields = { ...TINY, 'training.steps': '6' };
  await playground.open(fields);
  await playground.openLog(smallLog());
  await step.click();
  await expect(status).toHaveText('Paused', { timeout: 400_000 });

  const second = await context.newPage();
  await second.goto(`./${recipeHash(fields)}`);
  const banner = second.getByRole('banner');
  await expect(banner).toContainText('swiftshader', { timeout: 120_000 });
  await expect(second.getByRole('status', { name: 'Another tab is training' })).toBeVisible();
  await expect(banner.getByRole('button', { name: 'Run' })).toBeDisabled();
  await expect(banner.getByRole('button', { name: 'Stop' })).toBeDisabled();

  await page.close();
  await expect(second.getByRole('status', { name: 'Another tab is training' })).toBeHidden();
  await expect(second.getByRole('button', { name: /^Resume at step/ })).toBeVisible({ timeout: 60_000 });
  await expect(banner.getByRole('button', { name: 'Run' })).toBeEnabled();
});
