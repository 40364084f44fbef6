import { checkpoints, savedRuns } from './support/kept';
import { smallLog } from './support/logs';
import { expect, ONE_ARM, recipeHash, test } from './support/playground';

/** A run that is stopped, or whose tab is closed, long before it ends. */
const LONG = { ...ONE_ARM, 'training.steps': '1000' };

test('a second tab watches the run of the first, delays no run when it is busy, and is offered what a closed tab leaves', async ({
  playground,
  context,
}) => {
  test.setTimeout(1_500_000);
  const { page, run, step, stop, status } = playground;
  await playground.open(LONG);
  await playground.openLog(smallLog());
  await step.click();
  await expect(status).toHaveText('Paused', { timeout: 400_000 });
  const second = await context.newPage();
  await second.goto(`./${recipeHash(LONG)}`);
  const banner = second.getByRole('banner');
  const watches = second.getByRole('status', { name: 'Another tab is training' });
  await expect(banner).toHaveAttribute('data-device', 'ready', { timeout: 120_000 });
  await expect(watches).toBeVisible({ timeout: 120_000 });
  await expect(banner.getByRole('button', { name: 'Resume' })).toBeDisabled();
  await expect(banner.getByRole('button', { name: 'Stop' })).toBeDisabled();

  // A run right after Stop: the second tab gets the lock when the run stops, and releases it once its thread
  // is free.
  const busy = second.evaluate(() => {
    const end = performance.now() + 1500;
    while (performance.now() < end);
  });
  await stop.click();
  await expect(status).toHaveText('Stopped');
  await run.click();
  await busy;
  await expect(status).toHaveText('Running', { timeout: 400_000 });
  await expect(watches).toBeVisible();
  await stop.click();
  await expect(status).toHaveText('Stopped', { timeout: 120_000 });
  await expect(watches).toBeHidden();

  await step.click();
  await expect(status).toHaveText('Paused', { timeout: 400_000 });
  await expect(watches).toBeVisible();
  await page.close();
  await expect(watches).toBeHidden();
  await expect(banner.getByRole('button', { name: 'Run' })).toBeEnabled();
  // Resumed here, it is saved here, though this tab has shown it all along.
  await second.getByRole('button', { name: /^Resume at step/ }).click({ timeout: 60_000 });
  await expect(banner.getByRole('status')).toHaveText('Running', { timeout: 400_000 });
  await banner.getByRole('button', { name: 'Stop' }).click();
  await expect(banner.getByRole('status')).toHaveText('Stopped', { timeout: 120_000 });
  await expect.poll(() => checkpoints(second)).toBe(0);
  expect((await savedRuns(second)).at(-1)?.entry.status).toBe('stopped');
});
