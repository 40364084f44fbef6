/**
 * Features for teachers: plans with links, handouts, a mode for projectors, and a copy for a room without a
 * network.
 */
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { unzipSync } from 'fflate';
import { WINDOW } from './support/browsers';
import { goToLesson } from './support/lessons';
import { expect, sharedTest, test } from './support/playground';

test('a class of 50 minutes: links to its lessons, and a handout with and without answers', async ({ page }) => {
  await page.goto('./?lesson=teach');
  const plan = page.getByRole('listitem').filter({ hasText: 'min' });
  await expect(plan.filter({ hasText: 'Was it fair?' })).toHaveCount(4);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().include('main').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual([]);
  expect(await page.getByRole('link', { name: 'Watch it collapse' }).first().getAttribute('href')).toBe(
    '?lesson=collapse&step=1',
  );

  await page.getByRole('link', { name: 'Handout' }).nth(1).click();
  await expect(page).toHaveURL(/lesson=handout&plan=50$/);
  const handout = page.getByRole('region', { name: 'Handout' });
  await expect(handout.getByRole('heading', { level: 2 })).toHaveText([
    'What is an attention sink?',
    'Watch it collapse',
    'Was it fair?',
    'Quiz',
  ]);
  const right = handout.locator('[data-right]');
  await expect(right).toHaveCount(0);
  // What is to be drawn has its axes on paper, too, and a text its prompt.
  const curve = handout.getByRole('img', { name: 'item-sink rate' }).first();
  await expect(curve).toContainText('training step');
  await expect(curve).toContainText('500');
  await expect(handout).toContainText('how did Action go on from “A tea set is used for”?');
  await goToLesson(page, 'handout&plan=50&answers=yes');
  // Numbers appear once the recorded runs are loaded.
  await expect(right.filter({ hasText: /The difference is [+−][\d.]+ \[[−\d.]+, [−\d.]+\] points/ }).first()).toBeVisible();
  await expect(handout).not.toContainText('…,');
  const questions = await handout
    .getByRole('list')
    .filter({ has: page.locator('[data-right]') })
    .count();
  expect(await right.count()).toBeGreaterThanOrEqual(10);
  expect(questions).toBeGreaterThanOrEqual(10);

  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('navigation', { name: 'Views' })).toBeHidden();
  await expect(page.getByRole('banner')).toBeHidden();
  await expect(handout.getByRole('button', { name: 'Print' })).toBeHidden();
  await expect(handout.getByRole('heading', { name: 'Quiz' })).toBeVisible();
});

sharedTest('on a projector type is large, and arrow keys move from step to step', { tag: WINDOW }, async ({ playground }) => {
  const { page } = playground;
  await playground.open();
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Learn' }).click();
  await page.setViewportSize({ width: 1920, height: 1080 });
  await goToLesson(page, 'collapse&step=2');
  await expect(page.getByRole('figure', { name: 'Attention maps' })).toBeVisible();
  await page.getByRole('button', { name: 'Present' }).click();
  await expect(page.getByRole('banner')).toBeHidden();
  await expect(page.getByRole('complementary', { name: 'Recipe' })).toBeHidden();
  const smallest = await page.evaluate(() => {
    const shown = [...document.querySelectorAll('main *')].filter(
      (node) => node.checkVisibility() && [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent?.trim()),
    );
    return Math.min(...shown.map((node) => parseFloat(getComputedStyle(node).fontSize) * (node as HTMLElement).currentCSSZoom));
  });
  expect(smallest).toBeGreaterThanOrEqual(18);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1920);
  // Another lesson ends it.
  await goToLesson(page, 'embedding&step=1');
  await expect(page.getByRole('banner')).toBeVisible();
  await goToLesson(page, 'collapse&step=2');
  await expect(page.getByRole('banner')).toBeVisible();
  await page.getByRole('button', { name: 'Present' }).click();
  await page.keyboard.press('ArrowRight');
  await expect(page).toHaveURL(/step=3/);
  await page.keyboard.press('PageUp');
  await page.keyboard.press('ArrowLeft');
  await expect(page).toHaveURL(/step=1/);
  await page.keyboard.press('ArrowLeft');
  await expect(page).toHaveURL(/step=1/);
  // On the enlarged chart, points are drawn under the pointer.
  const sliders = page.getByRole('slider', { name: /item-sink rate at step/ });
  const box = (await sliders.nth(4).boundingBox())!;
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 - 100 };
  await page.mouse.click(at.x, at.y);
  const drawn = (await sliders.nth(4).boundingBox())!;
  expect(Math.abs(drawn.x + drawn.width / 2 - at.x)).toBeLessThan(2);
  expect(Math.abs(drawn.y + drawn.height / 2 - at.y)).toBeLessThan(2);
  // On a small projector text and figure share what enlarging leaves: lines keep a readable length.
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  await page.setViewportSize({ width: 1024, height: 768 });
  const sentence = playground.panel('Collapse measures').locator('figcaption p');
  await expect.poll(async () => (await sentence.boundingBox())!.width).toBeGreaterThan(400);
  await page.getByRole('button', { name: 'End presenting' }).click();
  await expect(page.getByRole('banner')).toBeVisible();
});

test('an offline copy, unpacked and served by its own server, shows lessons and recorded runs', async ({
  page,
  browser,
}, testInfo) => {
  await page.goto('./?lesson=teach');
  const download = page.waitForEvent('download', { timeout: 90_000 });
  await page.getByRole('button', { name: 'Save an offline copy' }).click();
  const archive = testInfo.outputPath('karma-playground.zip');
  await (await download).saveAs(archive);
  await expect(page.getByText(/^Saved: karma-playground\.zip, \d+ MB$/)).toBeVisible();

  const folder = testInfo.outputPath('unpacked');
  const files = Object.entries(unzipSync(await readFile(archive)));
  for (const [name, bytes] of files) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), bytes);
  }
  expect(new TextDecoder().decode(files.find(([name]) => name.endsWith('READ ME.txt'))![1])).toContain('http://localhost:8000');
  const server = spawn('python3', [path.join(folder, 'karma-playground/serve.py'), '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const address = await new Promise<string>((tell, fail) => {
      let said = '';
      server.on('error', fail);
      server.stdout.on('data', (data: Buffer) => {
        said += data.toString();
        const found = /http:\/\/localhost:\d+/.exec(said);
        if (found) tell(found[0]);
      });
    });
    const other = await browser.newPage({ reducedMotion: 'reduce' });
    const wrong: string[] = [];
    other.on('pageerror', ({ message }) => wrong.push(message));
    other.on('response', (response) => {
      if (response.status() >= 400) wrong.push(`${response.status()} ${response.url()}`);
    });
    await other.goto(`${address}/?lesson=fair&step=2`);
    await expect(other.getByRole('heading', { level: 2 }).first()).toBeVisible({ timeout: 30_000 });
    await other.getByRole('button', { name: 'Skip, show me' }).click();
    await expect(other.getByRole('figure').first()).toBeVisible();
    expect(wrong).toEqual([]);
    const wasm = files.find(([name]) => name.endsWith('.wasm'))![0].replace('karma-playground/', '');
    expect((await other.request.get(`${address}/${wasm}`)).headers()['content-type']).toBe('application/wasm');
    await other.close();
  } finally {
    server.kill();
  }
});
