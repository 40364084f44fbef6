import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { smallLog } from './support/logs';
import { expect, test, TINY } from './support/playground';

test('shows a run of the command line, exports it, and opens the export', async ({ playground }, testInfo) => {
  const { page, alert } = playground;
  const log = testInfo.outputPath(smallLog().name);
  const file = testInfo.outputPath('run.json');
  writeFileSync(log, smallLog().text);
  const settings = Object.entries(TINY).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  const command = ['run', '--silent', 'experiment', '--', '--preset', 'quick', '--log', log, '--out', file, ...settings];
  const cli = spawnSync('npm', command, { encoding: 'utf8' });
  expect(cli.stderr + cli.stdout).toContain(`written to ${file}`);

  await playground.open();
  const open = async (path: string): Promise<void> => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await (await chooser).setFiles(path);
  };
  await open(file);
  await expect(page.getByRole('banner')).toContainText('Opened record');
  const curves = await playground.table('HR@K over steps');
  expect(new Set(curves.map(({ arm }) => arm))).toEqual(new Set(['Action', 'KARMA']));
  expect(curves).toHaveLength(6);
  await expect(playground.panel('Attention maps').getByLabel('History')).toContainText(/next is (red|blue|small|old) \w+/);

  const closer = page.getByRole('region', { name: 'Closer look' });
  await closer.getByLabel('Measure').selectOption('content test');
  const layers = await playground.table('Sinks by layer');
  expect(new Set(layers.map(({ model }) => model))).toEqual(new Set(['base', 'Action', 'KARMA']));
  expect(layers.every((row) => Math.abs(Number(row['content test'])) <= 1)).toBe(true);
  await closer.getByText('spectra', { exact: true }).click();
  const spectra = await playground.table('Embedding spectra');
  expect(spectra).toHaveLength(2 * 3 * 2);
  expect(spectra.every((row) => row['σ1/σ1'] === '1')).toBe(true);

  await closer.getByText('one plane', { exact: true }).click();
  const plane = await playground.table('Embeddings in one plane');
  const start = (arm: string): unknown[] => plane.filter((row) => row.arm === arm && row.step === '0').map(({ x, y }) => [x, y]);
  expect(start('KARMA').length).toBeGreaterThan(10);
  expect(start('KARMA')).toEqual(start('Action'));
  const drawing = page.waitForEvent('download');
  await playground.panel('Embeddings in one plane').getByRole('button', { name: 'Options' }).click();
  await page.getByRole('menuitem', { name: 'SVG' }).click();
  const svg = testInfo.outputPath('plane.svg');
  await (await drawing).saveAs(svg);
  expect(readFileSync(svg, 'utf8')).toContain('>Start<');
  // One slider moves what is below and the maps above.
  await closer.getByRole('slider', { name: 'At step' }).fill('0');
  await expect(playground.scrubber).toHaveValue('0');
  await closer.getByRole('group', { name: 'Embeddings of KARMA' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(closer).toContainText(/(cold|warm) item|a user whose next item is/);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(page.getByRole('button', { name: /^LoRA of/ })).toHaveCount(0);
  await page.getByRole('menuitem', { name: 'Run record, JSON' }).click();
  const exported = testInfo.outputPath('exported.json');
  await (await download).saveAs(exported);
  expect(JSON.parse(readFileSync(exported, 'utf8'))).toEqual(JSON.parse(readFileSync(file, 'utf8')));

  await page.reload();
  await open(exported);
  await expect(page.getByRole('banner')).toContainText('Opened record');
  expect(await playground.table('HR@K over steps')).toEqual(curves);
  await expect(alert).toBeHidden();
});
