import { smallLog } from './support/logs';
import { expect, test, TINY } from './support/playground';

test('profiles a run: where a step’s time goes, part by part', async ({ playground }) => {
  const { page, run, status } = playground;
  await playground.open(TINY);
  await playground.openLog(smallLog());
  await expect(page.getByRole('complementary', { name: 'Recipe' })).toContainText('kitchen');
  await page.getByRole('button', { name: 'Profile', exact: true }).click();
  const side = page.getByRole('complementary', { name: 'Profiler' });
  await expect(side).toContainText('No step of the run on the page was profiled.');
  await side.getByLabel('Profile this run').check();
  await run.click();
  await expect(status).toHaveText('Finished', { timeout: 90_000 });

  await expect(side).toContainText('Mean of 2 profiled steps');
  const tree = side.getByRole('treegrid', { name: 'A step of KARMA by part' });
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

  await side.getByText('kernel', { exact: true }).click();
  await expect(side.getByRole('treegrid', { name: 'A step of KARMA by kernel' })).toContainText('attention_forward');
  const rows = await playground.table('Profile');
  for (const arm of ['Action', 'KARMA']) {
    const shares = rows.filter((line) => line.arm === arm).map((line) => Number(line['share (%)']));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0);
  }
  expect(rows.find((line) => line.arm === 'KARMA' && line.part === 'reconstruction › decoder forward › layer 2')).toBeDefined();
  expect(rows.find((line) => line.arm === 'Action' && line.part?.startsWith('reconstruction'))).toBeUndefined();
});
