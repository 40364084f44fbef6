/**
 * What WCAG 2.2 AA requires: checked by axe on every view, panel and dialog, and by keys, touch and
 * appearance where axe sees nothing.
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { drawnWays } from '../src/testing/drawnCases';
import { sampleSeed } from '../src/testing/seed';
import { WINDOW } from './support/browsers';
import { goToLesson } from './support/lessons';
import { smallLog } from './support/logs';
import { expect, sharedTest, test } from './support/playground';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** A desktop of 1,280 pixels at 400 %, as WCAG's reflow criterion requires. */
const NARROWEST = { width: 320, height: 640 };
const LOWEST = { width: 320, height: 256 };

/**
 * Each device with one colour scheme: both sizes and both schemes are seen, and another seed (`KARMA_SEED`)
 * swaps the schemes. Each place is inspected on one of them, which the seed chooses too; the campaign
 * `tables` inspects it on both.
 */
const [FIRST, SECOND] = sampleSeed() % 2 === 1 ? (['light', 'dark'] as const) : (['dark', 'light'] as const);
const DEVICES = [
  { device: 'desktop', viewport: DESKTOP, colorScheme: FIRST },
  { device: 'phone', viewport: PHONE, colorScheme: SECOND },
] as const;

/** Makes the page one of a device. @returns what a finding begins with */
async function become(page: Page, { device, viewport, colorScheme }: (typeof DEVICES)[number]): Promise<string> {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  return `${device}, ${colorScheme}`;
}

/** Findings of axe within an element, one per line: rule, element, problem. */
async function findings(page: Page, part: string): Promise<string[]> {
  // axe stays in the page; otherwise its 500 kB would be parsed twice for every part.
  const loaded = await page.evaluate(() => 'axe' in window);
  // Without passes, and without a second page to collect findings from frames, of which there are none.
  const axe = new AxeBuilder({ page, ...(loaded && { axeSource: 'void 0' }) })
    .setLegacyMode()
    .options({ resultTypes: ['violations'], preload: false })
    .include(part);
  const { violations } = await axe.withTags(TAGS).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, any, all, none }) =>
        `${id}: ${target.join(' ')} (${[...any, ...all, ...none].map(({ message }) => message).join('; ')})`,
    ),
  );
}

/** Everything that the page's views show. */
const VIEWS = ['Story', 'Try it', 'Runs', 'Grid', 'Learn'] as const;

test('axe finds nothing on any view, panel or dialog, nor on tables and figures for a paper, on a desktop or a phone, one of them dark', async ({
  playground,
}) => {
  test.setTimeout(400_000);
  const { page, intake } = playground;
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const recipe = page.getByRole('complementary', { name: 'Recipe' });
  const { view } = playground;
  const fold = recipe.getByRole('button', { name: 'Recipe', exact: true });
  /** All settings, with every section and one hint open. */
  const unfoldRecipe = async (): Promise<void> => {
    if ((await fold.getAttribute('aria-expanded')) === 'false') await fold.click();
    await recipe.getByText('All settings', { exact: true }).click();
    const folded = recipe.getByRole('heading', { level: 3 }).getByRole('button', { expanded: false });
    while ((await folded.count()) > 0) await folded.first().click();
    await recipe
      .getByRole('button', { name: /^About / })
      .first()
      .click();
    await expect(recipe.getByLabel('LoRA rank', { exact: true })).toBeVisible();
  };
  const found: string[] = [];

  await playground.open();
  await page.getByRole('button', { name: 'Ask all models' }).click();
  await expect(page.getByRole('list', { name: /^Best items of/ }).first()).toBeVisible({ timeout: 90_000 });

  for (const one of DEVICES) {
    const device = await become(page, one);
    const isHere = (place: string): boolean => drawnWays(place, DEVICES).includes(one);
    const inspect = async (place: string, part: string): Promise<void> => {
      if (!isHere(place)) return;
      const lines = await findings(page, part);
      found.push(...lines.map((line) => `${device}, ${place}, ${line}`));
    };
    if (await button('More').isVisible()) await button('More').click();
    // Over a short page, and with the recipe folded afterwards: axe reads all of a page, whatever part is
    // asked about.
    await view('Runs');
    await inspect('bar', 'header');
    if (isHere('recipe')) {
      await unfoldRecipe();
      await inspect('recipe', 'aside');
    }
    if ((await fold.getAttribute('aria-expanded')) === 'true') await fold.click();
    for (const name of VIEWS.filter(isHere)) {
      await view(name);
      await expect(page.getByText('Loading…', { exact: true })).toHaveCount(0);
      await expect(page.locator('[aria-busy=true]')).toHaveCount(0, { timeout: 60_000 });
      await inspect(name, 'main');
    }
    await view('Runs');
    for (const side of ['Methods', 'Profile'].filter(isHere)) {
      await button(side).click();
      await inspect(side, '[data-side]');
      await page.keyboard.press('Escape');
      await expect(page.locator('[data-side]')).toHaveCount(0);
    }
    await button('Export').click();
    await inspect('Export', '[role=menu]');
    for (const entry of ['Methods paragraph', 'Reproducibility checklist', 'Experiment, ZIP'].filter(isHere)) {
      if (!(await page.getByRole('menu').isVisible())) await button('Export').click();
      await page.getByRole('menuitem', { name: entry }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await inspect(entry, 'dialog[open]');
      await page.keyboard.press('Escape');
    }
    if (await page.getByRole('menu').isVisible()) await page.keyboard.press('Escape');
    const dialogs = [
      { place: 'Help', open: () => button('Help').click(), ready: page.getByRole('dialog', { name: 'Help' }) },
      {
        place: 'Commands',
        open: () => page.keyboard.press('Control+k'),
        ready: page.getByRole('dialog').getByRole('option').first(),
      },
      { place: 'Share', open: () => button('Share').click(), ready: page.getByRole('region', { name: 'Embed code' }) },
    ];
    for (const { place, open, ready } of dialogs.filter((dialog) => isHere(dialog.place))) {
      await open();
      await expect(ready).toBeVisible();
      await inspect(place, 'dialog[open]');
      await page.keyboard.press('Escape');
    }
    await playground.drop(smallLog());
    await expect(intake.getByRole('button', { name: 'Use this log' })).toBeEnabled();
    await inspect('intake', 'dialog[open]');
    await intake.getByRole('button', { name: 'Change columns, filters, split' }).click();
    for (const step of await intake.getByRole('list', { name: 'Steps' }).getByRole('button').all()) {
      const place = `intake, ${await step.innerText()}`;
      if (!isHere(place)) continue;
      await step.click();
      await inspect(place, 'dialog[open]');
    }
    await page.keyboard.press('Escape');
    await expect(intake).toBeHidden();
  }

  // Tables and figures for a paper, and runs compared.
  await view('Runs');
  await page.getByLabel('Open run files or a collection').setInputFiles('tests/records/action-karma.json');
  await expect(playground.panel('HR@K over steps')).toBeVisible();
  for (const one of DEVICES) {
    const device = await become(page, one);
    const inspect = async (place: string): Promise<void> => {
      const lines = await findings(page, 'dialog[open]');
      found.push(...lines.map((line) => `${device}, ${place}, ${line}`));
      // Nothing is wider than the dialog.
      expect(await page.getByRole('dialog').evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBeLessThanOrEqual(0);
      await page.keyboard.press('Escape');
    };
    await view('Try it');
    await playground.panel('HR@K over steps').getByRole('button', { name: 'Options' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Figure for print' }).press('Enter');
    await expect(page.getByRole('img', { name: 'Preview of HR@K over steps' })).toBeVisible();
    await inspect('figure');
    await view('Runs');
    await page.getByRole('button', { name: 'Table for a paper' }).press('Enter');
    await expect(page.getByLabel('The table as text')).toBeVisible();
    await inspect('table');
    await page.getByLabel('Compare the runs shown').check();
    await expect(page.getByRole('region', { name: 'Recipes compared' })).toBeVisible();
    const lines = await findings(page, 'main');
    found.push(...lines.map((line) => `${device}, comparison, ${line}`));
  }
  expect(found).toEqual([]);
});

sharedTest(
  'axe finds nothing on handouts, on paper and on the screen, and on lessons as presented',
  { tag: WINDOW },
  async ({ playground }) => {
    test.setTimeout(240_000);
    const { page } = playground;
    const found: string[] = [];
    /** The places of lessons, and what is there once their runs are loaded. */
    const places = [
      ['handout&plan=90', 'What is an attention sink?'],
      ['handout&plan=90&answers=yes', 'One seed is no evidence'],
    ] as const;
    await playground.open();
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Learn' }).click();
    for (const [address, heading] of places) {
      await goToLesson(page, address);
      await expect(page.getByRole('heading', { level: 2, name: heading })).toBeVisible();
      await expect(page.getByRole('region', { name: 'Handout' })).not.toContainText('…,');
      for (const media of ['screen', 'print'] as const) {
        await page.emulateMedia({ media });
        for (const one of drawnWays(`${address}, ${media}`, DEVICES)) {
          const device = await become(page, one);
          const lines = await findings(page, 'main');
          found.push(...lines.map((line) => `${device}, ${media}, ${address}, ${line}`));
        }
      }
      await page.emulateMedia({ media: 'screen' });
    }
    // A drawing, maps, readings, a verdict, and a table over seeds.
    for (const step of ['collapse&step=1', 'collapse&step=2', 'embedding&step=2', 'collapse&step=7', 'seeds&step=2']) {
      await page.setViewportSize(DESKTOP);
      await goToLesson(page, step);
      await page.getByRole('button', { name: 'Present' }).click();
      await expect(page.getByRole('banner')).toBeHidden();
      await expect(page.getByText('Loading the recorded run…')).toHaveCount(0);
      await expect(
        page
          .getByRole('figure')
          .or(page.getByRole('region', { name: 'Verdict' }))
          .or(page.getByRole('slider'))
          .or(page.getByRole('button', { name: 'Reveal' }))
          .first(),
      ).toBeVisible();
      for (const one of drawnWays(step, DEVICES)) {
        const device = await become(page, one);
        const lines = await findings(page, 'body');
        found.push(...lines.map((line) => `${device}, presenting ${step}, ${line}`));
      }
      await page.getByRole('button', { name: 'End presenting' }).click();
    }
    expect(found).toEqual([]);
  },
);

test.describe('by keys, by touch, narrow, in forced colours', () => {
  test.use({ hasTouch: true, visitor: 'new' });

  test('everything can be reached, read and closed', async ({ playground }) => {
    const { page } = playground;
    const views = page.getByRole('navigation', { name: 'Views' });
    const focused = page.locator(':focus');
    await playground.open();
    await expect(page.getByRole('region', { name: 'Verdict' })).toBeVisible();

    // Headings form a tree: none is two levels below the one before.
    const levels = await page.getByRole('heading').evaluateAll((all) => all.map(({ tagName }) => Number(tagName[1])));
    expect(levels.filter((level, i) => level > (levels[i - 1] ?? 0) + 1)).toEqual([]);

    // The first stop is a link that skips bar and recipe; the URL, which has the recipe, does not change.
    const address = page.url();
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to the figure' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main')).toBeFocused();
    expect(page.url()).toBe(address);
    await page.keyboard.press('Tab');
    await expect(
      page
        .getByRole('main')
        .getByRole('group', { name: /^Attention of Base model/ })
        .first(),
    ).toBeFocused();

    // No focused element is under the bar, neither on the way down nor on the way up.
    const hidden: string[] = [];
    const walk = async (key: string, times: number): Promise<void> => {
      for (let i = 0; i < times; i++) {
        await page.keyboard.press(key);
        hidden.push(
          ...(await focused.evaluate((element) => {
            const bar = document.querySelector('header')!;
            const [{ top }, { bottom }] = [element.getBoundingClientRect(), bar.getBoundingClientRect()];
            return bar.contains(element) || top >= bottom - 1 ? [] : [element.outerHTML.slice(0, 120)];
          })),
        );
      }
    };
    await page.getByRole('figure', { name: 'Generated text' }).getByRole('button', { name: 'Options' }).focus();
    await walk('Shift+Tab', 40);
    await walk('Tab', 40);
    expect(hidden).toEqual([]);

    // Space scrolls while nothing runs.
    await page.getByRole('heading', { level: 2 }).first().click();
    const from = await page.evaluate(() => scrollY);
    await page.keyboard.press(' ');
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(from + 100);
    await expect(page.getByRole('banner')).toContainText('Recorded run');

    // A side panel closes, and the focus returns to where it came from.
    await page.getByRole('button', { name: 'Methods', exact: true }).press('Enter');
    await page.getByRole('complementary', { name: 'Methods' }).focus();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('complementary', { name: 'Methods' })).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Methods', exact: true })).toBeFocused();

    // A tap on a map reads its cell, and the reading stays.
    const maps = playground.panel('Attention maps');
    await maps.getByRole('img', { name: /^Attention of Action/ }).tap({ position: { x: 8, y: 60 } });
    await expect(maps).toContainText(/query \d+ .* → key 1 \[BOS\]/);

    // No horizontal scrolling at 320 pixels.
    await page.setViewportSize(NARROWEST);
    await page.getByRole('banner').getByRole('button', { name: 'More', exact: true }).click();
    for (const view of await views.getByRole('button').all()) {
      await view.click();
      await expect(page.getByText('Loading…', { exact: true })).toHaveCount(0);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(over, await view.innerText()).toBe(0);
    }
    for (const name of ['Help', 'Theme: auto']) {
      const box = (await page.getByRole('banner').getByRole('button', { name, exact: true }).boundingBox())!;
      expect(box.x + box.width, name).toBeLessThanOrEqual(NARROWEST.width);
    }
    // In a window as low as 400 % makes it, neither bar nor dock stays over the page.
    await page.setViewportSize(LOWEST);
    await page.evaluate(() => {
      scrollTo(0, 600);
    });
    const covered = await page.evaluate(() =>
      [2, innerHeight / 2, innerHeight - 2].map((y) => document.elementFromPoint(innerWidth / 2, y)?.closest('header') !== null),
    );
    expect(covered).toEqual([false, false, false]);
    // Nor is the way out of a dialog below its edge.
    const help = page.getByRole('dialog', { name: 'Help' });
    await page.keyboard.press('?');
    await expect(help.getByRole('button', { name: 'Close' })).toBeInViewport({ ratio: 1 });
    await page.keyboard.press('Escape');
    await expect(help).toBeHidden();
    await page.setViewportSize(DESKTOP);
    await views.getByRole('button', { name: 'Try it' }).click();

    // In forced colours legends keep their colours (those of arms: layout.spec.ts), and chosen items stand
    // out.
    await page.emulateMedia({ forcedColors: 'active' });
    const colours = await page.locator('[data-legend]').evaluateAll((parts) =>
      parts.map((part) => {
        const { backgroundImage, backgroundColor } = getComputedStyle(part);
        return `${backgroundImage} ${backgroundColor}`;
      }),
    );
    expect(new Set(colours).size).toBeGreaterThan(1);
    const background = (pressed: boolean) =>
      page
        .getByRole('group', { name: 'Presets' })
        .getByRole('button', { pressed })
        .first()
        .evaluate((one) => getComputedStyle(one).backgroundColor);
    expect(await background(true)).not.toBe(await background(false));
    // A filled button's text has no ground of its own, on which it would be invisible.
    await views.getByRole('button', { name: 'Learn' }).click();
    await goToLesson(page, 'collapse&step=2');
    const next = page.getByRole('button', { name: 'Next', exact: true }).first();
    expect(await next.evaluate((one) => getComputedStyle(one).forcedColorAdjust)).toBe('none');
  });
});
