/**
 * The page in other languages: chosen by link, browser or menu; and, in the pseudo-language, that no text is
 * left out and none is cut off.
 */
import type { Page } from '@playwright/test';
import { LESSON_IDS } from '../src/learn/lesson';
import { drawnWays } from '../src/testing/drawnCases';
import { goToLesson } from './support/lessons';
import { smallLog } from './support/logs';
import { expect, recipeHash, test } from './support/playground';
import { cutTexts, plainTexts } from './support/pseudo';

const CENTRES = ['figure', 'inspector', 'runs', 'grid', 'learn'] as const;
const PANELS = ['profile', 'methods'] as const;
/** Actions that open a dialog, by ID. */
const DIALOGS = ['help', 'share', 'export-methods', 'export-checklist', 'export-experiment'] as const;

/** Places in *Learn*, as in its URLs. */
const LEARN = [
  ...LESSON_IDS.flatMap((id) => [`${id}&step=1`, `${id}&step=3`]),
  ...['challenges', 'quiz', 'teach', 'handout&plan=20&answers=yes'],
];

const DEVICES = [
  { device: 'desktop', viewport: { width: 1440, height: 900 } },
  // As narrow as a desktop of 1,280 pixels at 400 %.
  { device: 'phone', viewport: { width: 320, height: 844 } },
] as const;

for (const one of DEVICES) {
  const { device, viewport } = one;
  test.describe(device, () => {
    test.use({ viewport });

    test('in longer words nothing is cut off, and no text is left in English', async ({ playground: { page } }) => {
      test.setTimeout(400_000);
      const found: string[] = [];
      // Each place but recipe and bar on one of the devices; the campaign `tables` opens all on both.
      const isHere = (place: string): boolean => drawnWays(place, DEVICES).includes(one);
      const inspect = async (place: string, part: string): Promise<void> => {
        await expect(page.locator('[aria-busy=true]')).toHaveCount(0, { timeout: 60_000 });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0) found.push(`${place}: ${over} pixels too wide`);
        const inside = await page
          .locator(part)
          .evaluateAll((parts) => Math.max(0, ...parts.map((one) => one.scrollWidth - one.clientWidth)));
        if (part === 'dialog[open]' && inside > 0) found.push(`${place}: ${inside} pixels wider than the dialog`);
        // The words of a part opened last come a moment after it.
        await expect
          .poll(() => page.evaluate(plainTexts, part), { timeout: 5_000 })
          .toEqual([])
          .catch(() => undefined);
        for (const text of await page.evaluate(plainTexts, part)) found.push(`${place}, in English: ${text}`);
        for (const text of await page.evaluate(cutTexts, part)) found.push(`${place}, cut off: ${text}`);
      };
      await open(page, 'en-XA');
      if (device === 'phone') {
        await page.locator('header button[aria-expanded=false]').first().click();
        await page.locator('aside button[aria-expanded=false]').first().click();
      }
      // The recipe with all its settings.
      await page.locator('aside details').last().locator('summary').click();
      const folded = page.locator('aside h3 button[aria-expanded=false]');
      while ((await folded.count()) > 0) await folded.first().click();
      await inspect('recipe', 'aside');
      await inspect('bar', 'header');
      for (const centre of CENTRES) {
        if (!isHere(centre)) continue;
        await act(page, `view-${centre}`);
        // Panels far below are drawn when they are near.
        await page.evaluate(async () => {
          for (let y = 0; y < document.documentElement.scrollHeight; y += 500) {
            scrollTo(0, y);
            await new Promise((next) => setTimeout(next, 60));
          }
        });
        await inspect(centre, 'main');
      }
      for (const panel of PANELS.filter(isHere)) {
        await page.locator(`[data-side-button=${panel}]`).click();
        await inspect(panel, '[data-side]');
      }
      if (isHere('commands')) {
        await page.keyboard.press('Control+k');
        await expect(page.locator('dialog[open] [role=combobox]')).toBeVisible();
        await inspect('commands', 'dialog[open]');
        await page.keyboard.press('Escape');
        // Until the page has taken it away, the shortcut would open what is still being closed.
        await expect(page.locator('dialog [role=combobox]')).toHaveCount(0);
      }
      for (const id of DIALOGS.filter(isHere)) {
        await act(page, id);
        await expect(page.locator('dialog[open] form')).toBeVisible();
        await inspect(id, 'dialog[open]');
        await page.keyboard.press('Escape');
        await expect(page.locator('dialog[open]')).toHaveCount(0);
      }
      const { name, text } = smallLog();
      await page
        .locator('input[type=file]')
        .first()
        .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
      // What was read comes first; the last button but one leads to the steps.
      const steps = page.locator('dialog[open] ol button');
      await expect(page.locator('#intake-check')).toBeVisible();
      if (isHere('intake, check')) await inspect('intake, check', 'dialog[open]');
      await page.locator('dialog[open] footer button').nth(-2).click();
      await expect(steps.first()).toBeVisible();
      for (const [at, step] of (await steps.all()).entries()) {
        if (!isHere(`intake ${at}`)) continue;
        await step.click();
        await inspect(`intake, ${await step.innerText()}`, 'dialog[open]');
      }
      await page.keyboard.press('Escape');
      await act(page, 'view-learn');
      for (const place of LEARN.filter(isHere)) {
        await goToLesson(page, place);
        await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
        await inspect(`learn, ${place}`, 'main');
      }
      expect(found).toEqual([]);
    });
  });
}

test('the language is the link’s, can be changed, and stays', async ({ playground: { page } }) => {
  await open(page, 'ko');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
  await page
    .getByRole('banner')
    .getByRole('button', { name: /한국어$/ })
    .click();
  await page.getByRole('menuitem', { name: /简体中文/ }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  expect(new URL(page.url()).searchParams.has('lang')).toBe(false);
  await page.reload();
  await expect(page.getByRole('banner')).toHaveAttribute('data-device', 'ready', { timeout: 120_000 });
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await act(page, 'language-en');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByRole('banner').getByRole('button', { name: 'Run', exact: true })).toBeVisible();
});

test.describe('a browser in Korean', () => {
  test.use({ locale: 'ko-KR', visitor: 'new' });

  test('gets the page in Korean', async ({ playground: { page } }) => {
    await page.goto('./');
    await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
  });
});

async function open(page: Page, language: string): Promise<void> {
  await page.goto(`./?lang=${language}${recipeHash({})}`);
  await expect(page.getByRole('banner')).toHaveAttribute('data-device', 'ready', { timeout: 120_000 });
}

/**
 * By the command palette, whose options have the IDs of actions. The shortcut is pressed until it opens: a
 * dialog may still be closing.
 */
async function act(page: Page, id: string): Promise<void> {
  const option = page.locator(`dialog[open] [role=option][id$="-${id}"]`);
  await expect(async () => {
    if (!(await option.isVisible())) await page.keyboard.press('Control+k');
    await option.click({ timeout: 2_000 });
  }).toPass();
}

test('the steps under a slider stay in one line', async ({ page }) => {
  await page.setViewportSize({ width: 960, height: 700 });
  for (const lang of ['ko', 'zh-CN']) {
    await page.goto(`./?embed=attention&run=collapse&lang=${lang}&step=50`);
    const steps = page.locator('input[type=range] + span > span');
    await expect(steps.last()).toHaveText('562');
    const heights = await steps.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
    expect(Math.max(...heights)).toBeLessThan(20);
  }
});

test('on a phone the bar is no higher than in English', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const heights: number[] = [];
  await page.goto('./?lang=en&run=collapse&view=try');
  for (const lang of ['en', 'ko', 'zh-CN']) {
    if (lang !== 'en') await act(page, `language-${lang}`);
    await expect(page.locator('html')).toHaveAttribute('lang', lang);
    await expect(page.locator('dialog[open]')).toHaveCount(0);
    // Only a live run has progress.
    await expect(page.locator('[data-arms]')).toHaveCount(0);
    heights.push((await page.locator('[data-folded]').boundingBox())!.height);
  }
  const [english, ...others] = heights;
  expect(Math.max(...others) - english!).toBeLessThan(6);
});
