/** The page in other languages: chosen by link, browser or menu; and, in the pseudo-language, that no text is left out and none is cut off. */
import type { Page } from '@playwright/test';
import { expect, recipeHash, test } from './support/playground';
import { cutTexts, plainTexts } from './support/pseudo';

/** Parts of the page whose texts are translated. */
const TRANSLATED = ['header'];

const CENTRES = ['figure', 'inspector', 'runs', 'grid', 'learn'] as const;
/** Actions that open a dialog, by ID. */
const DIALOGS: readonly string[] = [];

for (const [device, viewport] of [
  ['desktop', { width: 1440, height: 900 }],
  ['phone', { width: 390, height: 844 }],
] as const) {
  test.describe(device, () => {
    test.use({ viewport });

    test('in longer words nothing is cut off, and no text is left in English', async ({ playground: { page } }) => {
      const found: string[] = [];
      const inspect = async (place: string, parts: readonly string[]): Promise<void> => {
        await expect(page.locator('[aria-busy=true]')).toHaveCount(0, { timeout: 60_000 });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0) found.push(`${place}: ${over} pixels too wide`);
        for (const text of await page.evaluate(plainTexts, parts)) found.push(`${place}, in English: ${text}`);
        for (const text of await page.evaluate(cutTexts, parts)) found.push(`${place}, cut off: ${text}`);
      };
      await open(page, 'en-XA');
      if (device === 'phone') await page.locator('header button[aria-expanded=false]').first().click();
      for (const [at, centre] of CENTRES.entries()) {
        await page.locator('main nav button').nth(at).click();
        await inspect(centre, TRANSLATED);
      }
      for (const id of DIALOGS) {
        await act(page, id);
        await expect(page.locator('dialog[open]')).toBeVisible();
        await inspect(id, ['dialog[open]']);
        await page.keyboard.press('Escape');
        await expect(page.locator('dialog[open]')).toHaveCount(0);
      }
      expect(found).toEqual([]);
    });
  });
}

test('the language is the link’s, can be changed, and stays', async ({ playground: { page } }) => {
  const run = (name: string) => page.getByRole('banner').getByRole('button', { name, exact: true });
  await open(page, 'ko');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
  await run('Language: 한국어')
    .or(page.getByRole('button', { name: /한국어$/ }))
    .click();
  await page.getByRole('menuitem', { name: /简体中文/ }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  expect(new URL(page.url()).searchParams.has('lang')).toBe(false);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page.getByRole('banner')).toContainText('swiftshader', { timeout: 120_000 });
  await act(page, 'language-en');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(run('Run')).toBeVisible();
});

test.describe('a browser in Korean', () => {
  test.use({ locale: 'ko-KR' });

  test('gets the page in Korean', async ({ playground: { page } }) => {
    await page.goto('./');
    await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
  });
});

async function open(page: Page, language: string): Promise<void> {
  await page.goto(`./?lang=${language}${recipeHash({})}`);
  await expect(page.getByRole('banner')).toContainText('swiftshader', { timeout: 120_000 });
}

/** By the command palette, whose options have the IDs of actions. */
async function act(page: Page, id: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.locator(`dialog[open] [role=option][id$="-${id}"]`).click();
}
