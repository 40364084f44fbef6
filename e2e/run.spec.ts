import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { parseSafetensors, readFloatTensor } from '../src/model/safetensors';
import { WINDOW } from './support/browsers';
import { expect, sharedTest as test, TINY } from './support/playground';

test('trains both arms on the sample store, and draws them live', { tag: WINDOW }, async ({ playground }) => {
  const { page, run, resume, pause, step, stop, status, scrubber } = playground;
  await playground.open({ ...TINY, 'evaluation.evaluations': '30' });
  await expect(page.getByText('software', { exact: true })).toBeVisible();
  await playground.choices.getByLabel('Steps', { exact: true }).fill('60');

  await run.click();
  await expect(page.getByText(/largest difference from ONNX Runtime .* passed/)).toBeVisible({ timeout: 60_000 });
  await expect(status).toHaveText('Running', { timeout: 90_000 });
  const points = async (arm: string): Promise<number> =>
    (await playground.table('HR@K over steps')).filter((row) => row.arm === arm).length;
  await expect.poll(() => points('Action'), { timeout: 60_000 }).toBeGreaterThan(2);
  await expect.poll(() => points('KARMA'), { timeout: 60_000 }).toBeGreaterThan(2);

  await pause.click();
  await expect(status).toHaveText('Paused');
  const paused = await playground.stepOf('KARMA');
  expect(await playground.stepOf('Action')).toBe(paused);
  await step.click();
  await expect.poll(() => playground.stepOf('KARMA'), { timeout: 30_000 }).toBe(paused + 1);
  await expect(status).toHaveText('Paused');
  expect(await playground.stepOf('Action')).toBe(paused + 1);

  // Both arms' maps at the last recorded step differ from those at step 0, which are the base model's.
  const last = {
    action: await playground.map('Action'),
    karma: await playground.map('KARMA'),
    base: await playground.map('Base model'),
  };
  await scrubber.fill('0');
  await expect.poll(() => playground.map('Action')).not.toBe(last.action);
  expect(await playground.map('KARMA')).not.toBe(last.karma);
  expect(await playground.map('KARMA')).toBe(await playground.map('Action'));
  expect(await playground.map('Base model')).toBe(last.base);

  await resume.click();
  await expect(status).toHaveText('Running');
  await expect.poll(() => playground.stepOf('KARMA'), { timeout: 30_000 }).toBeGreaterThan(paused + 1);
  await stop.click();
  await expect(status).toHaveText('Stopped');
  const measured = await points('KARMA');
  expect(measured).toBeGreaterThan(2);
  await expect(run).toBeEnabled();

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: 'LoRA of KARMA, PEFT' }).click();
  const entries = unzipSync(readFileSync(await (await download).path()));
  const read = (name: string): Buffer<ArrayBuffer> => Buffer.from(entries[`karma-karma-lora/${name}`]!);
  expect(JSON.parse(read('adapter_config.json').toString())).toMatchObject({ peft_type: 'LORA', r: 8, lora_alpha: 16 });
  const weights = parseSafetensors(new Uint8Array(read('adapter_model.safetensors')), 'the adapter');
  const b = readFloatTensor(weights, 'base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight', [128, 8]);
  expect(b.some((value) => value !== 0)).toBe(true);
});
