import { readFile } from 'node:fs/promises';
import { benchReportSchema } from '../bench/report';
import { ENGINE_PORT } from './support/ports';
import { expect, test } from './support/playground';

test("the benchmark's page compares all libraries and shows what it measured", async ({ playground: { page } }) => {
  await page.goto(`http://127.0.0.1:${ENGINE_PORT}/bench/index.html?suite=tiny&only=matmul&repeats=1&peak=1&anyway`);
  const report = await page.evaluate(() => window.benchReport!);
  expect(report.cases.map(({ id }) => id)).toEqual(['matmul']);
  for (const { entries } of report.cases) {
    expect(entries.map(({ library }) => library)).toEqual(['ours', 'jax', 'tensorflow']);
    for (const entry of entries) {
      expect(entry).toMatchObject({ failure: null });
      expect(entry.peakBytes).toBeGreaterThan(0);
      expect(entry.ms).toHaveLength(1);
    }
  }
  await expect(page.getByRole('status')).toHaveText('Done.');
  await expect(page.locator('#heading')).toContainText('swiftshader (software)');
  await expect(page.getByRole('row')).toHaveCount(1 + 3);
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Save as JSON' }).click()]);
  expect(saved.suggestedFilename()).toMatch(/^[0-9]{4}-[0-9]{2}-[0-9]{2}-google-swiftshader-\w+\.json$/);
  expect(benchReportSchema.parse(JSON.parse(await readFile(await saved.path(), 'utf8')))).toEqual(report);
});
