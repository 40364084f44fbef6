/**
 * Transfers from one browser to another: an experiment as one ZIP, and an arm's adapter, both from one run;
 * and the arm merged into its model.
 */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { unzipSync, zipSync } from 'fflate';
import { parseSafetensors, readFloatTensor } from '../src/model/safetensors';
import { smallLog } from './support/logs';
import { expect, sharedPlayground, sharedTest, test, TINY, type Playground } from './support/playground';

interface Trained {
  /** Rows of `HR@K over steps`. */
  readonly curves: readonly Record<string, string>[];
  readonly experiment: Buffer;
  readonly adapter: Buffer;
  readonly merged: Buffer;
}

let trained: Trained;

async function download(page: Page, press: () => Promise<void>): Promise<Buffer> {
  const saved = page.waitForEvent('download');
  await press();
  return readFileSync(await (await saved).path());
}

async function chooseExport(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name }).click();
}

/** How an arm ranks the sampled users at a step. */
function ranking(curves: readonly Record<string, string>[], arm: string, step: string): (string | undefined)[] {
  const row = curves.find((one) => one.arm === arm && one.step === step && one.population === 'sample');
  return [row?.n, row?.['HR@10'], row?.MRR];
}

function openRecords({ page }: Playground, name: string, buffer: Buffer): Promise<void> {
  return page.getByLabel('Open records').setInputFiles([{ name, mimeType: 'application/zip', buffer }]);
}

test.beforeAll(async ({ visit }) => {
  const playground = sharedPlayground(visit);
  const { page, run } = playground;
  await playground.open({ ...TINY, 'training.learningRate': '0.0015' });
  await playground.openLog(smallLog());
  await run.click();
  await playground.finished();
  const curves = await playground.table('HR@K over steps');

  await chooseExport(page, 'Experiment, ZIP');
  const dialog = page.getByRole('dialog', { name: /as one ZIP$/ });
  await expect(dialog).toContainText('the adapters of Action and KARMA');
  await dialog.getByLabel('With the log, 180 events, as CSV').check();
  const experiment = await download(page, () => dialog.getByRole('button', { name: 'Save' }).click());
  const adapter = await download(page, () => chooseExport(page, 'LoRA of KARMA, PEFT'));
  const merged = await download(page, () => chooseExport(page, 'KARMA merged into the model, safetensors'));
  trained = { curves, experiment, adapter, merged };
});

sharedTest(
  'an experiment is restored from one ZIP with its log, its numbers and its recipe, and can be run again',
  async ({ playground }) => {
    const { page, run } = playground;
    const { curves, experiment } = trained;
    const names = Object.keys(unzipSync(new Uint8Array(experiment)));
    expect(names).toEqual(expect.arrayContaining(['run.json', 'methods.md', 'log/kitchen.csv', 'log/kitchen.items.csv']));
    expect(names).toContain('adapters/karma-karma-lora/karma_heads.safetensors');

    await playground.open();
    await openRecords(playground, 'kitchen.experiment.zip', experiment);
    // The dialog is shown while the log is read.
    await expect(page.getByRole('complementary', { name: 'Recipe' })).toContainText('kitchen · 30 users · 40 items');
    await expect(playground.intake).toBeHidden();
    await expect(page.getByRole('banner')).toContainText('Opened record');
    expect(await playground.table('HR@K over steps')).toEqual(curves);
    await expect(await playground.section('Log')).toContainText('180 interactions of 30 users');
    await expect(playground.choices.getByLabel('Learning rate', { exact: true })).toHaveValue('0.0015');

    await run.click();
    await playground.finished();
    expect((await playground.table('HR@K over steps')).map(({ step }) => step)).toEqual(curves.map(({ step }) => step));
  },
);

test('an arm merged into its model is the model plus its adapter, in a folder that transformers can load', () => {
  const unzipped = (archive: Buffer) => unzipSync(new Uint8Array(archive));
  const files = unzipped(trained.merged);
  const folder = [
    'README.md',
    'config.json',
    'generation_config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ];
  expect(Object.keys(files).sort()).toEqual(folder);
  expect(JSON.parse(Buffer.from(files['config.json']!).toString())).toMatchObject({ model_type: 'llama', dtype: 'float32' });
  const tensor = (bytes: Uint8Array, name: string, shape: readonly number[]): Float32Array =>
    readFloatTensor(parseSafetensors(Uint8Array.from(bytes), name), name, shape);
  const matrices = unzipped(trained.adapter)['karma-karma-lora/adapter_model.safetensors']!;
  const path = 'model.layers.3.mlp.up_proj';
  const a = tensor(matrices, `base_model.model.${path}.lora_A.weight`, [8, 128]);
  const b = tensor(matrices, `base_model.model.${path}.lora_B.weight`, [352, 8]);
  const base = tensor(readFileSync('public/models/wordnet-1m/model.safetensors'), `${path}.weight`, [352, 128]);
  const merged = tensor(files['model.safetensors']!, `${path}.weight`, [352, 128]);
  let moved = 0;
  let apart = 0;
  merged.forEach((value, at) => {
    const [row, column] = [Math.floor(at / 128), at % 128];
    let update = 0;
    for (let r = 0; r < 8; r++) update += 2 * b[row * 8 + r]! * a[r * 128 + column]!;
    moved = Math.max(moved, Math.abs(update));
    apart = Math.max(apart, Math.abs(value - base[at]! - update));
  });
  // Once: Playwright makes a step of its report from every expectation.
  expect(apart).toBeLessThan(1e-6);
  expect(moved).toBeGreaterThan(1e-4);
});

sharedTest('arms start from an exported adapter where it left off', async ({ playground }) => {
  const { page, run } = playground;
  const reached = ranking(trained.curves, 'KARMA', '2');
  expect(reached).toEqual(['8', expect.stringMatching(/\d/), expect.stringMatching(/\d/)]);
  expect(ranking(trained.curves, 'KARMA', '0')).not.toEqual(reached);
  await playground.open({ ...TINY, 'lora.rank': '2', 'training.steps': '1' });
  await playground.openLog(smallLog());

  const files = unzipSync(new Uint8Array(trained.adapter));
  const config = 'karma-karma-lora/adapter_config.json';
  const json = JSON.parse(Buffer.from(files[config]!).toString()) as Record<string, unknown>;
  const other = { ...files, [config]: Buffer.from(JSON.stringify({ ...json, base_model_name_or_path: 'some/other-model' })) };
  await openRecords(playground, 'other.zip', Buffer.from(zipSync(other)));
  await expect(playground.alert).toContainText('belongs to some/other-model, but the recipe’s model is wordnet-1m.');

  await openRecords(playground, 'karma-karma-lora.zip', trained.adapter);
  const offer = page.getByRole('status', { name: 'Adapter opened' });
  await expect(offer).toContainText(/karma-karma-lora@[0-9a-f]{8} fits this recipe/);
  await expect(offer).toContainText('rank 8');
  await offer.getByRole('button', { name: 'Start every arm from this adapter' }).click();
  await expect(offer).toBeHidden();
  const recipe = page.getByRole('complementary', { name: 'Recipe' });
  await expect(recipe).toContainText(/Every arm starts from karma-karma-lora@/);
  const lora = await playground.section('LoRA');
  await expect(lora.getByLabel('LoRA rank', { exact: true })).toHaveValue('8');
  await run.click();
  await playground.finished();
  const curves = await playground.table('HR@K over steps');
  expect(ranking(curves, 'KARMA', '0')).toEqual(reached);
  expect(ranking(curves, 'Action', '0')).toEqual(reached);

  await recipe.getByRole('button', { name: 'Start from scratch' }).click();
  await expect(recipe).not.toContainText('Every arm starts from');
});
