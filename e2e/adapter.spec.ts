/** An arm's adapter, out of the page and in again. */
import { readFileSync } from 'node:fs';
import { unzipSync, zipSync } from 'fflate';
import { smallLog } from './support/logs';
import { expect, test, TINY, type Playground } from './support/playground';

/** How an arm ranks the sampled users at a step. */
async function ranking(playground: Playground, arm: string, step: string): Promise<(string | undefined)[]> {
  const rows = await playground.table('HR@K over steps');
  const row = rows.find((one) => one.arm === arm && one.step === step && one.population === 'sample');
  return [row?.n, row?.['HR@10'], row?.MRR];
}

test('arms start from an exported adapter where it left off', async ({ playground }) => {
  const { page, run, status } = playground;
  await playground.open(TINY);
  await playground.openLog(smallLog());
  await run.click();
  await expect(status).toHaveText('Finished', { timeout: 120_000 });
  const reached = await ranking(playground, 'KARMA', '2');
  expect(reached).toEqual(['16', expect.stringMatching(/\d/), expect.stringMatching(/\d/)]);
  expect(await ranking(playground, 'KARMA', '0')).not.toEqual(reached);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: 'LoRA of KARMA, PEFT' }).click();
  const bytes = readFileSync(await (await download).path());

  await playground.open({ ...TINY, 'lora.rank': '2', 'training.steps': '1' });
  await page.reload();
  await playground.openLog(smallLog());
  const open = (name: string, buffer: Buffer): Promise<void> =>
    page.getByLabel('Open records').setInputFiles([{ name, mimeType: 'application/zip', buffer }]);

  const files = unzipSync(new Uint8Array(bytes));
  const config = 'karma-karma-lora/adapter_config.json';
  const json = JSON.parse(Buffer.from(files[config]!).toString()) as Record<string, unknown>;
  const other = { ...files, [config]: Buffer.from(JSON.stringify({ ...json, base_model_name_or_path: 'some/other-model' })) };
  await open('other.zip', Buffer.from(zipSync(other)));
  await expect(playground.alert).toContainText('belongs to some/other-model, but the recipe’s model is wordnet-1m.');

  await open('karma-karma-lora.zip', bytes);
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
  await expect(status).toHaveText('Finished', { timeout: 120_000 });
  expect(await ranking(playground, 'KARMA', '0')).toEqual(reached);
  expect(await ranking(playground, 'Action', '0')).toEqual(reached);

  await recipe.getByRole('button', { name: 'Start from scratch' }).click();
  await expect(recipe).not.toContainText('Every arm starts from');
});
