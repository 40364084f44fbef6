import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { smallLog } from './support/logs';
import { expect, sharedTest as test, TINY, type Playground } from './support/playground';

function text({ page }: Playground, model: string) {
  return page.getByRole('region', { name: `Text of ${model}` });
}

function field(playground: Playground, label: string) {
  return playground.panel('Generated text').getByLabel(label, { exact: true });
}

/** How many tokens a model has written. */
async function tokensOf(playground: Playground, model: string): Promise<number> {
  return Number(/(\d+) tokens/.exec(await text(playground, model).innerText())?.[1] ?? 0);
}

test('lets base model and arms continue a history and a text, can be cancelled, and saves an arm as ONNX', async ({
  playground,
}) => {
  const { page, run, pause, stop, status } = playground;
  const texts = playground.panel('Generated text');
  await playground.open({ ...TINY, 'training.steps': '200' });
  await playground.openLog(smallLog());
  const generate = texts.getByRole('button', { name: 'Generate' });
  await run.click();
  await expect(status).toHaveText('Running', { timeout: 120_000 });
  await expect(generate).toBeDisabled();
  await pause.click();
  await expect(status).toHaveText('Paused');

  await texts.getByText('History', { exact: true }).click();
  await field(playground, 'Tokens').fill('6');
  await generate.click();
  for (const model of ['Base model', 'Action', 'KARMA'])
    await expect(text(playground, model)).toContainText(/[1-6] tokens|nothing/);
  await expect(texts).toContainText('[EMB]');
  await expect(texts.locator('figcaption')).toContainText('words of the next item’s text');

  await stop.click();
  await expect(status).toHaveText('Stopped');
  // Sampled twice with the same seed, the text is the same; with another it is not.
  await texts.getByText('Text', { exact: true }).click();
  await field(playground, 'Prompt').fill('red wine: a');
  await field(playground, 'Temperature').fill('1');
  await field(playground, 'Tokens').fill('16');
  const told: string[] = [];
  for (const seed of ['1', '1', '2']) {
    await field(playground, 'Seed').fill(seed);
    await generate.click();
    await expect(generate).toBeEnabled();
    await expect.poll(() => tokensOf(playground, 'KARMA')).toBeGreaterThan(0);
    await expect(text(playground, 'KARMA')).toHaveAttribute('aria-busy', 'false');
    told.push(await text(playground, 'KARMA').locator('blockquote').innerText());
  }
  expect(told[1]).toBe(told[0]);
  expect(told[2]).not.toBe(told[0]);

  await field(playground, 'Tokens').fill('200');
  await field(playground, 'Temperature').fill('5');
  await generate.click();
  await expect.poll(() => tokensOf(playground, 'Base model')).toBeGreaterThan(2);
  await texts.getByRole('button', { name: 'Cancel' }).click();
  await expect(generate).toBeVisible();
  const written = await tokensOf(playground, 'Base model');
  expect(written).toBeLessThan(200);
  expect(await tokensOf(playground, 'Base model')).toBe(written);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    text(playground, 'KARMA').getByRole('button', { name: 'Save as ONNX' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('wordnet-1m-karma.onnx.zip');
  const files = unzipSync(new Uint8Array(await readFile(await download.path())));
  expect(Object.keys(files)).toContain('onnx/model.onnx');
  expect(files['onnx/model.onnx']!.length).toBeGreaterThan(4_000_000);
  expect(new TextDecoder().decode(files['README.md'])).toMatch(/KARMA after \d+ steps/);
  await expect(text(playground, 'KARMA').getByRole('button', { name: 'Save as ONNX' })).toBeEnabled();
});

test('the base model continues without a run; a user who is not in the log is named', async ({ playground }) => {
  const texts = playground.panel('Generated text');
  // Unlike a recorded run, a run file has no adapters.
  await playground.open();
  await playground.page.getByLabel('Open records').setInputFiles('tests/records/action-karma.json');
  await expect(texts).toContainText('Only the base model');
  await texts.getByText('History', { exact: true }).click();
  await field(playground, 'User').fill('nobody');
  await texts.getByRole('button', { name: 'Generate' }).click();
  await expect(texts.getByRole('alert')).toContainText('nobody', { timeout: 60_000 });
  await texts.getByText('Item', { exact: true }).click();
  await field(playground, 'Title').fill('red wine');
  await texts.getByRole('button', { name: 'Generate' }).click();
  await expect(text(playground, 'Base model')).toContainText('tokens');
  await expect(texts).toContainText('[BOS] red wine:');
  expect((await playground.table('Generated text'))[0]?.text).toMatch(/\w+ \w+/);
});
