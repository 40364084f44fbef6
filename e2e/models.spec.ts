/**
 * Models by ID from a hub that is slow, refuses or is down: resumed downloads, what is stored, and training
 * on it.
 */
import type { Locator } from '@playwright/test';
import type { HubServer } from '../src/testing/hubServer';
import { smallLog } from './support/logs';
import { expect, ONE_ARM, playgroundOn, sharedTest, test, type Playground } from './support/playground';
import { startTinyHub } from './support/tinyHub';

const FIVE_STEPS = { ...ONE_ARM, 'training.steps': '5' };
const SHARD = 'model-00002-of-00002.safetensors';

let hub: HubServer;
test.beforeEach(async () => {
  hub = await startTinyHub();
});
test.afterEach(async () => {
  await hub.close();
});

test('a link that names another hub asks before the page contacts it, and approval can be revoked', async ({ page }) => {
  const playground = playgroundOn(page);
  await playground.open({ ...FIVE_STEPS, 'model.id': 'tiny/gemma3', 'model.baseUrl': hub.url });
  const question = page.getByRole('status', { name: 'Another hub' });
  await expect(question).toContainText(new URL(hub.url).host);
  await expect(question).toContainText('tiny/gemma3 at main');
  const model = await playground.section('Model');
  const download = model.getByRole('button', { name: 'Download tiny/gemma3' });
  for (const button of [playground.run, playground.step, download]) await expect(button).toBeDisabled();
  // The shortcut does no more than the button.
  await page.locator('body').press('s');
  await playground.view('Inspector');
  await page.getByRole('button', { name: 'Random user' }).click();
  await expect(page.getByRole('main')).toContainText('has not been approved on this device');
  expect(hub.asked).toEqual([]);

  await question.getByRole('button', { name: 'Use it' }).click();
  await download.click();
  await expect(model).toContainText('tiny/gemma3: downloaded');
  expect(hub.asked.length).toBeGreaterThan(0);
  await page.reload();
  await expect(page.getByRole('banner')).toHaveAttribute('data-device', 'ready');
  await expect(playground.run).toBeEnabled();
  await playground.section('Model');
  await model.getByText(/^Hubs approved on this device/).click();
  await model.getByRole('button', { name: /^Revoke/ }).click();
  await expect(playground.run).toBeDisabled();
  await question.getByRole('button', { name: 'Keep the usual hub' }).click();
  await expect(model.getByLabel('Hub or mirror', { exact: true })).toHaveValue('https://huggingface.co');
});

async function trainFiveSteps(playground: Playground): Promise<void> {
  await playground.run.click();
  await playground.finished();
  expect(await playground.stepOf('Action')).toBe(5);
}

test('a cancelled download resumes, is stored, and serves a run when the hub is down', async ({ page }) => {
  const playground = playgroundOn(page);
  await playground.open({ ...FIVE_STEPS, 'model.id': 'tiny/qwen3', 'model.baseUrl': hub.url });
  await playground.agree();
  const model = await playground.section('Model');
  const files = model.getByRole('list', { name: 'Files of tiny/qwen3' });
  const shard = files.getByRole('listitem').filter({ hasText: SHARD });
  hub.behave = (file) => (file === SHARD ? { kind: 'slow', pieceBytes: 8000, pauseMs: 120 } : { kind: 'well' });
  await model.getByRole('button', { name: 'Download tiny/qwen3' }).click();
  await expect(shard).toContainText(/[1-9]\d* kB of \d+ kB/);
  await model.getByRole('button', { name: 'Cancel' }).click();
  await expect(model).toContainText('Cancelled; what has arrived is stored.');
  hub.behave = () => ({ kind: 'well' });
  await model.getByRole('button', { name: 'Resume' }).click();
  await expect(model).toContainText('tiny/qwen3: downloaded');
  const ranges = hub.asked.filter(({ path, range }) => path.endsWith(SHARD) && range !== undefined);
  expect(ranges).toHaveLength(1);
  expect(Number(/bytes=(\d+)-/.exec(ranges[0]!.range!)?.[1])).toBeGreaterThan(0);

  await hub.close();
  await page.reload();
  await expect(page.getByRole('banner')).toHaveAttribute('data-device', 'ready');
  await playground.openLog(smallLog());
  await trainFiveSteps(playground);
  await playground.section('Model');
  await expect(model).toContainText('tiny/qwen3: from this browser or disk');
  await expect(model).toContainText(/largest difference from ONNX Runtime .* passed/);

  await model.getByText('Stored in this browser').click();
  const kept = model.getByRole('listitem').filter({ hasText: 'tiny/qwen3' });
  await expect(kept.last()).toContainText('files');
  await model.getByRole('button', { name: 'Delete tiny/qwen3' }).click();
  await expect(model.getByRole('button', { name: 'Delete tiny/qwen3' })).toHaveCount(0);
});

sharedTest('a model by its pasted ID is trained at once', async ({ playground }) => {
  await playground.open(FIVE_STEPS);
  const model = await playground.section('Model');
  await expect(model.getByRole('radio', { name: /SmolLM2 360M/ })).toBeVisible();
  await expect(model).toContainText(/this recipe needs \d+ MB of GPU memory/);
  const paste = model.getByLabel('Another: ID or URL on a hub');
  await paste.fill('gemma');
  await paste.press('Enter');
  await expect(model.getByRole('alert')).toContainText('This is not a model ID.');
  await paste.fill(`${hub.url}/tiny/gemma3`);
  await paste.press('Enter');
  await expect(model.getByRole('radio', { name: 'tiny/gemma3' })).toBeChecked();
  await expect(model.getByLabel('Hub or mirror', { exact: true })).toHaveValue(hub.url);
  expect(hub.asked).toEqual([]);
  await playground.agree();
  let breaks = 1;
  const weights = 'model.safetensors';
  hub.behave = (file) =>
    file === weights && breaks-- > 0 ? { kind: 'break', afterBytes: 20_000, readMs: 1500 } : { kind: 'well' };
  await playground.openLog(smallLog());
  await trainFiveSteps(playground);
  const asked = hub.asked.filter(({ method, path }) => method === 'GET' && path.endsWith(weights));
  expect(asked.map(({ range }) => range)).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
});

test('each refusal has its own message', async ({ page }) => {
  const playground = playgroundOn(page);
  await playground.open({ ...FIVE_STEPS, 'model.id': 'tiny/gemma3', 'model.baseUrl': hub.url });
  await playground.agree();
  const model = await playground.section('Model');
  const alert: Locator = model.getByRole('alert');
  const start = model.getByRole('button', { name: /^(Download|Resume)/ });
  const weights = 'model.safetensors';
  // A part of the page that is fetched with the first tokenizer.
  const library = '**/preTrainedTokenizer-*.js';
  await page.route(library, (route) => route.abort());
  await start.click();
  await expect(alert).toContainText('transformers.js could not be fetched.');
  await page.unroute(library);
  const refusals = [
    [{ kind: 'refuse', status: 403, code: 'GatedRepo' }, 'the model is gated'],
    [{ kind: 'refuse', status: 401 }, 'gated or private'],
    [{ kind: 'refuse', status: 503 }, 'overloaded or failing'],
    [{ kind: 'corrupt' }, 'arrived damaged'],
  ] as const;
  for (const [behaviour, words] of refusals) {
    hub.behave = (file) => (file === weights ? behaviour : { kind: 'well' });
    await start.click();
    await expect(alert).toContainText(words);
  }
  await model.getByLabel('Revision on the hub').fill('nowhere');
  await start.click();
  await expect(alert).toContainText('no such revision');
  await model.getByLabel('Another: ID or URL on a hub').fill('tiny/nothing');
  await model.getByRole('button', { name: 'Use' }).click();
  await start.click();
  await expect(alert).toContainText('no public model of that name');
});
