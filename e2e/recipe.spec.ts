import { expect, recipeHash, test } from './support/playground';

test('marks what differs, refuses what is wrong, and travels in the link', async ({ playground }) => {
  const { page, run, choices } = playground;
  // As in a current preset, so that nothing differs at first.
  await page.goto('./#v=6&preset=quick');
  await expect(page.getByRole('banner')).toHaveAttribute('data-device', 'ready');
  const steps = choices.getByLabel('Steps', { exact: true });
  await steps.fill('-3');
  await expect(choices).toContainText('Steps must be a whole number from 1 to 100,000, not -3.');
  await expect(run).toBeDisabled();
  await steps.fill('77');
  await expect(run).toBeEnabled();
  const training = await playground.section('Training');
  await training.getByLabel('Users per step', { exact: true }).fill('none');
  await expect(training).toContainText('to correct');
  await training.getByLabel('Users per step', { exact: true }).fill('9');
  await expect(training).toContainText('1 changed');

  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy link to the recipe' }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(/training\.steps=77/);
  await page.goto('about:blank');
  await page.goto(link);
  await expect(steps).toHaveValue('77');
  await choices.getByRole('button', { name: 'Reset Steps' }).click();
  await expect(choices.getByRole('button', { name: /Reset/ })).toHaveCount(0);
});

test('explains a link that it cannot read', async ({ playground }) => {
  await playground.page.goto(`./${recipeHash({ 'training.steps': 'many' })}`);
  await playground.view('Try it');
  await expect(playground.alert).toContainText('training.steps');
});

test('shows the recipe’s GPU memory, what it is for, and what does not fit', async ({ playground }) => {
  await playground.open();
  const recipe = playground.page.getByRole('complementary', { name: 'Recipe' });
  const summary = recipe.getByText(/^GPU memory: [\d.]+ MB · frozen weights: f32$/);
  const megabytes = async (): Promise<number> => Number(/[\d.]+/.exec((await summary.textContent())!)![0]);
  await expect(summary).toBeVisible();
  const whole = await megabytes();
  const training = await playground.section('Training');
  await training.getByLabel('Micro-batches per step').fill('4');
  await expect.poll(megabytes).toBeLessThan(0.7 * whole);
  await summary.click();
  await expect(recipe.getByRole('row', { name: /activations/ })).toBeVisible();

  const lora = await playground.section('LoRA');
  await lora.getByLabel('First adapted layer').fill('9');
  await expect(recipe.getByRole('alert')).toContainText('lower lora.firstLayer');
  await lora.getByRole('button', { name: 'Reset First adapted layer' }).click();
  await expect(recipe.getByRole('alert')).toHaveCount(0);

  // SwiftShader has no half floats.
  const model = await playground.section('Model');
  await model.getByLabel('Arithmetic').selectOption('f16');
  await expect(recipe.getByRole('alert')).toContainText('lacks shader-f16');
});
