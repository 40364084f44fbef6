import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { smallLog } from './support/logs';
import { expect, test, TINY } from './support/playground';

test('a run of the pre-ranking protocol is judged in its sampled pool, and says so, and what a request costs', async ({
  playground,
}, testInfo) => {
  const { page } = playground;
  const log = testInfo.outputPath(smallLog().name);
  const file = testInfo.outputPath('run.json');
  writeFileSync(log, smallLog().text);
  const changes = { ...TINY, 'evaluation.poolSize': 6, 'evaluation.ks': '[1,2,5]' };
  const settings = Object.entries(changes).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  const command = ['run', '--silent', 'experiment', '--', '--preset', 'quick', '--log', log, '--out', file, ...settings];
  const cli = spawnSync('npm', [...command, '--protocol', 'pre-ranking'], { encoding: 'utf8' });
  expect(cli.stderr + cli.stdout).toContain('Sampled pools: 6 candidates (retrieved, seed 0); not comparable');
  expect(cli.stdout).toContain('A request, from history to the');

  await playground.open();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await (await chooser).setFiles(file);
  const pooled = playground.panel('sampled-pool HR@K over steps');
  await expect(pooled).toContainText('in a sampled pool of 6 candidates');
  await expect(pooled).toContainText('not comparable with the whole catalogue');
  const measure = pooled.getByLabel('Measure');
  await expect(measure).toHaveValue('pool-hr');
  // 30 users with six events: every test target has five before it.
  await pooled.getByLabel('Targets').selectOption({ label: 'medium history' });
  await expect(pooled).toContainText('Only targets with 5 to 19 events before them.');
  await pooled.getByLabel('Targets').selectOption('all');

  await measure.selectOption({ label: 'coverage' });
  const covered = playground.panel('coverage@K over steps');
  await expect(covered).toContainText(/share of the catalogue that is in at least one user’s list/i);
  await expect(covered.getByLabel('Targets')).toHaveCount(0);
  const rows = await playground.table('coverage@K over steps');
  expect(rows.every((row) => Number(row['coverage@1']) > 0 && Number(row['coverage@1']) <= 1)).toBe(true);
  expect(rows.every((row) => Number(row['sampled-pool HR@1']) >= Number(row['HR@1']))).toBe(true);

  const cost = playground.panel('Inference cost');
  await expect(cost).toContainText(/with the same \d+ dispatches/);
  const models = await playground.table('Inference cost');
  expect(models.map(({ model }) => model)).toEqual(['zero-shot, on the CPU', 'base model', 'Action', 'KARMA']);
  const [, base, action, karma] = models;
  expect([karma!.dispatches, karma!['FLOP of matrix products']]).toEqual([
    action!.dispatches,
    action!['FLOP of matrix products'],
  ]);
  expect(base!.dispatches).toBe(action!.dispatches);
});
