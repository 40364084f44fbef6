import { expect, test } from './support/playground';

test('says why nothing can be trained and what to do, and shows the recorded run', async ({ playground }) => {
  const { page, run, alert, scrubber } = playground;
  await page.goto('./');
  await expect(alert).toContainText('WebGPU');
  await expect(alert).toContainText('Chrome');
  await expect(alert).toContainText('Firefox');
  await expect(alert).toContainText('Safari');
  await expect(alert.getByRole('button', { name: 'Look again' })).toBeVisible();
  await expect(page.getByRole('banner')).toContainText('No WebGPU here');
  await expect(run).toBeDisabled();

  await expect(page.getByRole('banner')).toContainText('Recorded run');
  expect((await playground.table('HR@K over steps')).length).toBeGreaterThan(4);
  const before = await playground.map('KARMA');
  await scrubber.fill('0');
  await expect.poll(() => playground.map('KARMA')).not.toBe(before);
});
