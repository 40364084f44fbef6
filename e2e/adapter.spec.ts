/** An arm's adapter, out of the page and in again. */
import { readFileSync } from 'node:fs';
import { unzipSync, zipSync } from 'fflate';
import { expect, test, TINY, type Playground } from './support/playground';

const WATCHED = { ...TINY, 'evaluation.watch': 'test', 'evaluation.finalUsers': '16' } as const;

/** HR@K of an arm at a step while training, as the curve has it. */
async function curve(playground: Playground, arm: string, step: string): Promise<string | undefined> {
  const rows = await playground.table('HR@K over steps');
  return rows.find((row) => row.arm === arm && row.step === step)?.['HR@10'] ?? JSON.stringify(rows[0]);
}

test('arms start from an exported adapter where it left off', async ({ playground }) => {
  const { page, run, status } = playground;
  await playground.open(WATCHED);
  await run.click();
  await expect(status).toHaveText('Finished', { timeout: 120_000 });
  const reached = await curve(playground, 'KARMA', '2');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('button', { name: 'LoRA of KARMA, PEFT' }).click();
  const bytes = readFileSync(await (await download).path());

  await playground.open({ ...WATCHED, 'lora.rank': '2', 'training.steps': '1' });
  await page.reload();
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
  await expect(recipe).toContainText('LoRA r 8');
  await run.click();
  await expect(status).toHaveText('Finished', { timeout: 120_000 });
  expect(await curve(playground, 'KARMA', '0')).toBe(reached);
  expect(await curve(playground, 'Action', '0')).toBe(reached);

  // The worker that had it is gone with the page: said in words, and curable.
  await recipe.getByRole('button', { name: 'Start afresh' }).click();
  await expect(recipe).not.toContainText('Every arm starts from');
});
