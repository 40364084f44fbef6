/** A run on the command line, once for all tests of this file, and what the page shows of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { smallLog } from './support/logs';
import { errorsOf, expect, playgroundOn, sharedTest as test, TINY, unfold } from './support/playground';

const CURVES = 'candidate-pool HR@K over steps';

let folder = '';
let file = '';
/** The command's output. */
let said = '';

test.beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'karma-record-'));
  file = path.join(folder, 'run.json');
  const log = path.join(folder, smallLog().name);
  writeFileSync(log, smallLog().text);
  const changes = { ...TINY, 'evaluation.poolSize': 6, 'evaluation.ks': '[1,2,5]' };
  const settings = Object.entries(changes).flatMap(([field, value]) => ['--set', `${field}=${value}`]);
  const command = ['run', '--silent', 'experiment', '--', '--preset', 'quick', '--log', log, '--out', file, ...settings];
  const { stdout, stderr } = spawnSync('npm', [...command, '--protocol', 'pre-ranking'], { encoding: 'utf8' });
  said = stderr + stdout;
});

test.afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function open(page: Page, opened: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await (await chooser).setFiles(opened);
}

test('shows a run of the command line, exports it, and opens the export elsewhere', async ({
  playground,
  page: elsewhere,
}, testInfo) => {
  const { page, alert } = playground;
  expect(said).toContain(`written to ${file}`);
  await playground.open();
  await open(page, file);
  await expect(page.getByRole('banner')).toContainText('Opened record');
  const curves = await playground.table(CURVES);
  expect(new Set(curves.map(({ arm }) => arm))).toEqual(new Set(['Action', 'KARMA']));
  expect(curves).toHaveLength(6);
  await expect(playground.panel('Attention maps').getByLabel('History')).toContainText(/next is (red|blue|small|old) \w+/);

  const closer = page.getByRole('region', { name: 'Closer look' });
  await closer.getByText('sinks by layer', { exact: true }).click();
  await closer.getByLabel('Measure', { exact: true }).selectOption('content test');
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
  await page.getByRole('menuitem', { name: 'Figure for print' }).click();
  const figure = page.getByRole('dialog', { name: 'Figure for print' });
  await figure.getByText('SVG', { exact: true }).click();
  await figure.getByRole('button', { name: 'Save' }).click();
  const svg = testInfo.outputPath('plane.svg');
  await (await drawing).saveAs(svg);
  expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [^>]*width="177\.9mm"[\s\S]*>\(a\) Embeddings of Start</);
  await figure.getByRole('button', { name: 'Close' }).click();
  // One slider moves the panels below and the maps above.
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

  const errors = errorsOf(elsewhere);
  await elsewhere.addInitScript(unfold);
  const other = playgroundOn(elsewhere);
  await other.open();
  await open(elsewhere, exported);
  await expect(elsewhere.getByRole('banner')).toContainText('Opened record');
  expect(await other.table(CURVES)).toEqual(curves);
  for (const shown of [alert, other.alert]) await expect(shown).toBeHidden();
  expect(errors).toEqual([]);
});

test('evaluates a run of the pre-ranking protocol in its candidate pool, and says so, and shows the cost of a request', async ({
  playground,
}) => {
  const { page } = playground;
  expect(said).toContain('Sampled pools: 6 candidates (retrieved, seed 0); not comparable');
  expect(said).toContain('A request, from history to the');
  await playground.open();
  await open(page, file);
  const pooled = playground.panel(CURVES);
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
  expect(rows.every((row) => Number(row['candidate-pool HR@1']) >= Number(row['HR@1']))).toBe(true);

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
