import { smallLog } from './support/logs';
import { expect, test, TINY } from './support/playground';

test('looks around in the recorded run by keys', async ({ playground }) => {
  const { page, scrubber } = playground;
  await playground.open();
  await expect(page.getByRole('banner')).toContainText('Recorded run');
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Help' });
  await expect(help).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();

  const latest = Number(await scrubber.inputValue());
  const before = await playground.map('KARMA');
  await page.keyboard.press('ArrowLeft');
  await expect(scrubber).toHaveValue(String(latest - 1));
  expect(await playground.map('KARMA')).not.toBe(before);
  await page.keyboard.press('ArrowRight');
  await expect(scrubber).toHaveValue(String(latest));
  expect(await playground.map('KARMA')).toBe(before);

  const maps = playground.panel('Attention maps');
  const [layer, head] = [maps.getByLabel('Layer', { exact: true }), maps.getByLabel('Head', { exact: true })];
  const [first, second] = [Number(await layer.inputValue()), Number(await head.inputValue())];
  await page.keyboard.press('l');
  await expect(layer).toHaveValue(String((first + 1) % 4));
  await page.keyboard.press('Shift+L');
  await expect(layer).toHaveValue(String(first));
  await page.keyboard.press('h');
  await expect(head).toHaveValue(String((second + 1) % 4));

  // Keys that a text field needs stay the field's.
  const training = await playground.section('Training');
  await training.getByLabel('Seed').fill('3');
  await page.keyboard.press('?');
  await expect(help).toBeHidden();
});

test('moves in a menu by arrow keys and letters', async ({ playground }) => {
  const { page } = playground;
  await playground.open();
  const button = page.getByRole('button', { name: 'Export', exact: true });
  const item = (name: string) => page.getByRole('menu', { name: 'Export' }).getByRole('menuitem', { name });
  await expect(button).toBeEnabled();
  await button.focus();
  await page.keyboard.press('ArrowDown');
  await expect(item('Run record, JSON')).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(item('Methods paragraph')).toBeFocused();
  await page.keyboard.press('e');
  await expect(item('Experiment, ZIP')).toBeFocused();
  await page.keyboard.press('Home');
  await expect(item('Run record, JSON')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(button).toBeFocused();
});

test('runs, pauses and steps by keys', async ({ playground }) => {
  const { page, status, stop } = playground;
  await playground.open({ ...TINY, 'training.steps': '1000' });
  await playground.openLog(smallLog());
  await expect(page.getByRole('complementary', { name: 'Recipe' })).toContainText('kitchen');
  await page.keyboard.press('s');
  await expect(status).toHaveText('Paused', { timeout: 90_000 });
  await expect.poll(() => playground.stepOf('KARMA'), { timeout: 30_000 }).toBe(1);
  await page.keyboard.press(' ');
  await expect(status).toHaveText('Running');
  await expect.poll(() => playground.stepOf('KARMA'), { timeout: 30_000 }).toBeGreaterThan(3);
  await page.keyboard.press(' ');
  await expect(status).toHaveText('Paused');
  const at = await playground.stepOf('KARMA');
  await page.keyboard.press('s');
  await expect.poll(() => playground.stepOf('KARMA'), { timeout: 30_000 }).toBe(at + 1);
  await stop.click();
  await expect(status).toHaveText('Stopped');
});
