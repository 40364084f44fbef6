import { smallLog } from './support/logs';
import { expect, ONE_ARM, sharedTest, test } from './support/playground';

test('explores the recorded run with keys, and moves in a menu with arrow keys and letters', async ({ playground }) => {
  const { page, scrubber } = playground;
  await playground.open();
  await expect(page.getByRole('banner')).toContainText('Recorded run');
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Help' });
  await expect(help).toBeVisible();
  // Help says where is what before it lists keys, and points at each of the five.
  await expect(help.getByRole('heading', { level: 2 }).first()).toHaveText('Where is what');
  const shows = help.getByRole('button', { name: /^Show: / });
  for (let i = 0; i < 5; i++) {
    await shows.nth(i).click();
    await expect(help).toBeHidden();
    await expect(page.locator('[data-part]:focus')).toBeInViewport();
    await page.keyboard.press('?');
  }
  await expect(shows).toHaveCount(5);
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

  // Charts over training zoom together: by dragging, and by keys.
  const losses = page.getByRole('group', { name: 'Losses' });
  const box = (await losses.locator('svg').boundingBox())!;
  await losses.scrollIntoViewIfNeeded();
  await losses.locator('svg').hover({ position: { x: 100, y: 80 } });
  await page.mouse.down();
  await losses.locator('svg').hover({ position: { x: box.width / 2, y: 80 } });
  await page.mouse.up();
  const reset = losses.getByRole('button', { name: /Reset zoom$/ });
  await expect(reset).toBeVisible();
  await expect(page.getByRole('button', { name: /Reset zoom$/ }).nth(2)).toBeVisible();
  const dragged = await reset.innerText();
  await losses.focus();
  await page.keyboard.press('+');
  await expect(reset).not.toHaveText(dragged);
  await page.keyboard.press('0');
  await expect(reset).toHaveCount(0);

  // Everything by name; the focus is afterwards where it was.
  await head.focus();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Command' })).toBeFocused();
  await page.keyboard.type('light theme');
  await expect(page.getByRole('option', { name: 'Light theme' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(head).toBeFocused();
  await expect(page.getByRole('button', { name: 'Theme: light' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog').getByRole('option').first()).toContainText('Light theme');
  await page.keyboard.press('Escape');

  // A text field keeps the keys that it needs.
  const training = await playground.section('Training');
  await training.getByLabel('Seed').fill('3');
  await page.keyboard.press('?');
  await expect(help).toBeHidden();

  const button = page.getByRole('button', { name: 'Export', exact: true });
  const item = (name: string) => page.getByRole('menu', { name: 'Export' }).getByRole('menuitem', { name });
  await expect(button).toBeEnabled();
  await button.focus();
  await page.keyboard.press('ArrowDown');
  await expect(item('Run record, JSON')).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(item('Reproducibility checklist')).toBeFocused();
  await page.keyboard.press('e');
  await expect(item('Experiment, ZIP')).toBeFocused();
  await page.keyboard.press('Home');
  await expect(item('Run record, JSON')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(button).toBeFocused();
});

sharedTest(
  'runs, pauses and steps with keys, continues training in a hidden tab, and says so afterwards',
  async ({ playground }) => {
    const { page, status, stop } = playground;
    await playground.open({ ...ONE_ARM, 'training.steps': '1000' });
    await playground.openLog(smallLog());
    await expect(page.getByRole('complementary', { name: 'Recipe' })).toContainText('kitchen');
    await page.keyboard.press('s');
    await expect(status).toHaveText('Paused', { timeout: 90_000 });
    await expect.poll(() => playground.stepOf('Action'), { timeout: 30_000 }).toBe(1);
    // The field for logs has the focus, on which Space would choose another file.
    await page.getByRole('main').focus();
    await page.keyboard.press(' ');
    await expect(status).toHaveText('Running');
    await expect.poll(() => playground.stepOf('Action'), { timeout: 30_000 }).toBeGreaterThan(3);

    const shown = await playground.stepOf('Action');
    // Hides it as a browser does: first no more frames, even requested ones, then the event.
    await page.evaluate(() => {
      const held: FrameRequestCallback[] = [];
      const draw = window.requestAnimationFrame.bind(window);
      window.requestAnimationFrame = (callback) => held.push(callback);
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      Object.assign(window, {
        show: () => {
          window.requestAnimationFrame = draw;
          for (const callback of held.splice(0)) draw(callback);
          Reflect.deleteProperty(document, 'hidden');
          document.dispatchEvent(new Event('visibilitychange'));
        },
      });
    });
    await page.waitForTimeout(1000);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    const step = async (): Promise<number> => Number(/^(\d+)\//.exec(await page.title())?.[1] ?? NaN);
    await expect.poll(step, { message: 'the title follows the run', timeout: 30_000 }).toBeGreaterThan(shown);
    const first = await step();
    // The notice counts whole seconds, and two steps may take less than half of one.
    await page.waitForTimeout(1000);
    await expect.poll(step, { timeout: 30_000 }).toBeGreaterThan(first + 1);

    await page.evaluate(() => {
      (window as unknown as { show(): void }).show();
    });
    await expect(page.getByRole('main').getByRole('status').first()).toContainText(
      /This tab was hidden for \d+ s while training/,
    );
    await expect(status).toHaveText('Running');

    await page.keyboard.press(' ');
    await expect(status).toHaveText('Paused');
    const at = await playground.stepOf('Action');
    await page.keyboard.press('s');
    await expect.poll(() => playground.stepOf('Action'), { timeout: 30_000 }).toBe(at + 1);
    await stop.click();
    await expect(status).toHaveText('Stopped');
  },
);
