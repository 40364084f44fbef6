import { ALL_CASES, drawnCases } from '../src/testing/drawnCases';
import { expect, test } from './support/playground';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };

/** Both devices and both schemes are met; `npm test -- --all-cases` tries all four. */
const WINDOWS = drawnCases(
  ['phone', 'desktop'].flatMap((device) => (['light', 'dark'] as const).map((colorScheme) => ({ device, colorScheme }))),
  Object.values<string>,
);

test.use({ viewport: PHONE });

test('fits its window, on a phone and on a desktop, light and dark', async ({ playground }, testInfo) => {
  const { page } = playground;
  const fold = page.getByRole('complementary', { name: 'Recipe' }).getByRole('button', { name: 'Recipe', exact: true });
  await playground.open();
  await expect(page.getByRole('banner')).toContainText('Recorded run');
  await expect(page.getByRole('img', { name: /^Attention of/ }).first()).toBeVisible();
  // On a phone recipe and bar are folded.
  await expect(fold).toHaveAttribute('aria-expanded', 'false');
  await test.step('a grid is planned while the recipe is folded', async () => {
    await playground.view('Grid');
    await expect(page.getByRole('button', { name: 'Create the queue' })).toBeEnabled();
    await playground.view('Try it');
  });
  await page.getByRole('banner').getByRole('button', { name: 'More', exact: true }).click();
  for (const [device, viewport] of [
    ['phone', PHONE],
    ['desktop', DESKTOP],
  ] as const) {
    await test.step(device, async () => {
      await page.setViewportSize(viewport);
      // As the page is opened on a desktop.
      if (device === 'desktop') await fold.click();
      for (const { colorScheme } of WINDOWS.filter((one) => one.device === device)) {
        await page.emulateMedia({ colorScheme });
        // Nothing of the run bar is cut off.
        for (const name of ['Use these settings', 'Help']) {
          const box = (await page.getByRole('banner').getByRole('button', { name, exact: true }).boundingBox())!;
          expect(box.x + box.width, name).toBeLessThanOrEqual(viewport.width);
        }
        const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(await overflow()).toBe(0);
        await page.screenshot({ path: testInfo.outputPath(`${device}-${colorScheme}.png`), fullPage: true });

        await fold.click();
        expect(await overflow()).toBe(0);
        for (const side of ['Methods', 'Profile']) {
          await page.getByRole('button', { name: side, exact: true }).click();
          const panel = page.locator('[data-side]');
          await expect(panel).toContainText(side === 'Methods' ? 'The claim' : 'Profile this run');
          // Its top is seen, also where it is below the figure.
          await expect.poll(async () => (await panel.boundingBox())!.y, side).toBeLessThan(viewport.height / 3);
          expect(await overflow(), side).toBe(0);
        }
        for (const view of ['Story', 'Runs', 'Grid', 'Try it'] as const) {
          await playground.view(view);
          expect(await overflow(), view).toBe(0);
        }
        await page.getByRole('button', { name: 'Export', exact: true }).click();
        const entry = (await page.getByRole('menuitem', { name: 'Metrics, CSV' }).boundingBox())!;
        expect(entry.x, 'Export').toBeGreaterThanOrEqual(0);
        expect(entry.y + entry.height, 'Export').toBeLessThanOrEqual(viewport.height);
        await page.keyboard.press('Escape');
        // The maps are beside or below each other; none requires scrolling.
        const maps = playground.panel('Attention maps');
        const right = (await maps.boundingBox())!.x + (await maps.boundingBox())!.width;
        for (const map of await maps.getByRole('img').all()) {
          const box = (await map.boundingBox())!;
          expect(box.x + box.width).toBeLessThanOrEqual(right);
        }

        const brightness = await page.evaluate(() => {
          const [r = 0, g = 0, b = 0] = getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
          return (r + g + b) / 765;
        });
        if (colorScheme === 'dark') expect(brightness).toBeLessThan(0.2);
        else expect(brightness).toBeGreaterThan(0.9);
        // As it was opened.
        await page.getByRole('button', { name: 'Profile', exact: true }).click();
        await fold.click();
      }
    });
  }
});

test.describe('a live run', () => {
  test.use({ viewport: DESKTOP });

  /** All stages of Quick, with a tenth of its work; `npm test -- --all-cases` takes the whole of it. */
  const SHORT = {
    'training.steps': '12',
    'evaluation.sampleUsers': '16',
    'evaluation.finalUsers': '64',
    'evaluation.texts': '4',
  };

  test('is in the frame from its first second, and moves nothing', async ({ playground }) => {
    test.setTimeout(600_000);
    const { page, run, status } = playground;
    const whole = process.env[ALL_CASES] !== undefined;
    await page.goto(`./#${new URLSearchParams({ v: '6', preset: 'quick', ...(whole ? {} : SHORT) }).toString()}`);
    const picture = page.getByRole('region', { name: 'What the run shows' });
    const mapOf = (model: string) => picture.getByRole('img', { name: new RegExp(`^Attention of ${model}`) });
    await expect(mapOf('Action')).toBeVisible();
    await expect(run).toBeEnabled({ timeout: 120_000 });
    await page.evaluate(watchPage);
    await run.click();
    // Not the recorded run, which is of another time.
    await expect(picture.getByRole('heading', { level: 2 })).toHaveText(/^Preparing: Quick/);
    await expect(mapOf('Action')).toHaveCount(0);
    await expect(mapOf('Base model')).toBeVisible({ timeout: 120_000 });
    await playground.finished(500_000);
    await expect(status).toHaveText('Finished');
    await expect(mapOf('KARMA')).toBeVisible();
    const { shifts, left } = await page.evaluate(() => window.watched!);
    expect(cumulativeShift(shifts)).toBeLessThanOrEqual(0.1);
    expect(left.length).toBeGreaterThan(3);
    expect(left.filter((text) => text.includes('about 0 s'))).toEqual([]);
    // Two rows of the bar at most, whatever is said in them.
    expect((await page.getByRole('banner').boundingBox())!.height).toBeLessThanOrEqual(96);
  });
});

test.describe('the run bar', () => {
  test.use({ viewport: DESKTOP });

  test('is one row below one of views and tools, with five arms', async ({ playground }) => {
    const { page, run, stop } = playground;
    await page.goto(`./#${new URLSearchParams({ v: '6', preset: 'strong', 'training.steps': '2' }).toString()}`);
    await expect(run).toBeEnabled({ timeout: 120_000 });
    await run.click();
    await expect(page.getByRole('list', { name: 'Progress of the arms' }).getByRole('listitem')).toHaveCount(5, {
      timeout: 150_000,
    });
    for (const width of [1440, 1366]) {
      await page.setViewportSize({ width, height: 768 });
      expect((await page.getByRole('banner').boundingBox())!.height, `${width}`).toBeLessThanOrEqual(96);
      for (const arm of await page.getByRole('list', { name: 'Progress of the arms' }).locator('b').all())
        expect(await arm.evaluate((name) => name.scrollWidth - name.clientWidth), `${width}`).toBe(0);
    }
    // Each arm keeps its colour in forced colours.
    await page.emulateMedia({ forcedColors: 'active' });
    const tracks = page.getByRole('list', { name: 'Progress of the arms' }).locator('[data-legend]');
    const colours = await tracks.evaluateAll((all) => all.map((one) => getComputedStyle(one).backgroundColor));
    expect(new Set(colours).size).toBe(5);
    await stop.click();
  });
});

test.describe('on a projector', () => {
  for (const [width, height] of [
    [1280, 720],
    [1920, 1080],
  ] as const)
    test(`all arms, the scrubber and the curves are in view at ${width} × ${height}, and nothing else`, async ({
      playground,
    }) => {
      const { page } = playground;
      await page.setViewportSize({ width, height });
      await page.goto('./?run=strong');
      await page.getByRole('button', { name: 'Present', exact: true }).click();
      const stage = page.getByRole('region', { name: 'What the run shows' });
      const maps = stage.getByRole('img', { name: /^Attention of/ });
      await expect(maps).toHaveCount(6);
      const curves = stage.locator('svg[data-chart]');
      await expect(curves).toHaveCount(3);
      const tops = new Set<number>();
      for (const map of await maps.all()) tops.add(Math.round((await map.boundingBox())!.y));
      expect(tops.size).toBe(1);
      for (const part of [...(await maps.all()), ...(await curves.all()), playground.scrubber]) {
        const box = (await part.boundingBox())!;
        expect(box.y).toBeGreaterThanOrEqual(0);
        expect(box.y + box.height).toBeLessThanOrEqual(height);
        expect(box.x + box.width).toBeLessThanOrEqual(width);
      }
      for (const other of [page.getByRole('banner'), page.getByRole('region', { name: 'Details' })])
        await expect(other).toBeHidden();
      // A presenter's remote control moves through the steps, and Escape ends it.
      const last = await playground.scrubber.inputValue();
      await page.keyboard.press('PageUp');
      expect(Number(await playground.scrubber.inputValue())).toBe(Number(last) - 1);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('banner')).toBeVisible();
    });
});

interface Shift {
  readonly at: number;
  readonly by: number;
}

declare global {
  interface Window {
    watched?: { readonly shifts: Shift[]; readonly left: string[] };
  }
}

/** In the page: notes what moves without the reader's doing, and every time that is told as left. */
function watchPage(): void {
  const watched = (window.watched = { shifts: [] as Shift[], left: [] as string[] });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
      if (!entry.hadRecentInput) watched.shifts.push({ at: entry.startTime, by: entry.value });
  }).observe({ type: 'layout-shift' });
  const bar = document.querySelector('header')!;
  new MutationObserver(() => {
    const told = /about [^·]* left/.exec(bar.textContent)?.[0];
    if (told !== undefined && told !== watched.left.at(-1)) watched.left.push(told);
  }).observe(bar, { subtree: true, childList: true, characterData: true });
}

/** The largest sum of shifts within five seconds that are less than one apart. */
function cumulativeShift(shifts: readonly Shift[]): number {
  let [most, sum, first, last] = [0, 0, -Infinity, -Infinity];
  for (const { at, by } of shifts) {
    if (at - last >= 1000 || at - first >= 5000) [sum, first] = [0, at];
    sum += by;
    last = at;
    most = Math.max(most, sum);
  }
  return most;
}

test.describe('the first screen', () => {
  test.use({ details: 'folded' });

  for (const [width, height, least] of [
    [1366, 768, 260],
    [1440, 900, 260],
    [1920, 1080, 260],
    [390, 844, 110],
  ] as const)
    test(`is the picture at ${width} × ${height}: finding, all maps, texts, scrubber and a curve`, async ({ playground }) => {
      const { page } = playground;
      await page.setViewportSize({ width, height });
      await page.goto('./');
      const picture = page.getByRole('region', { name: 'What the run shows' });
      const maps = picture.getByRole('img', { name: /^Attention of/ });
      await expect(maps).toHaveCount(3);
      const curve = picture.locator('svg[data-chart]').first();
      await expect(curve).toBeVisible();
      const rows = new Set<number>();
      for (const map of await maps.all()) {
        const box = (await map.boundingBox())!;
        expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(least);
        rows.add(Math.round(box.y));
      }
      expect(rows.size).toBe(1);
      const parts = [
        picture.getByRole('heading', { level: 2 }),
        picture.getByText(/^A head is stuck when/),
        picture.getByRole('radiogroup', { name: 'Last map' }),
        // On a phone they are below the curve.
        ...(width < 700
          ? []
          : [
              picture.getByRole('radiogroup', { name: 'Learning rate' }),
              picture.getByRole('group', { name: 'Other recorded runs' }),
            ]),
        ...(await maps.all()),
        ...(await picture.getByRole('list', { name: 'What each model writes' }).getByRole('listitem').all()),
        picture.getByRole('button', { name: /^Play its/ }),
        playground.scrubber,
        curve,
      ];
      for (const part of parts) {
        const box = (await part.boundingBox())!;
        expect(box.y).toBeGreaterThanOrEqual(0);
        expect(box.y + box.height).toBeLessThanOrEqual(height);
        expect(box.x + box.width).toBeLessThanOrEqual(width);
      }
      // Numbers of the curves have their unit, and which way is better.
      for (const better of ['lower', 'higher']) if (width >= 700) await expect(picture).toContainText(`${better} is better`);
      // Details are folded to a question and its answer.
      const details = page.getByRole('region', { name: 'Details' });
      await expect(details.getByRole('button', { name: /^Is the next item ranked higher/ })).toHaveAttribute(
        'aria-expanded',
        'false',
      );
      const total = await page.evaluate(() => document.documentElement.scrollHeight);
      expect(total).toBeLessThanOrEqual(width < 700 ? 3500 : 2200);
      await details.getByRole('button', { name: /^Is the next item ranked higher/ }).click();
      await expect(playground.panel('HR@K over steps').locator('svg[data-chart]')).toBeVisible();
    });
});

test('the bar is one row of tools on a laptop, and a small part of the window at 200 % zoom', async ({ playground }) => {
  const { page } = playground;
  const height = async (): Promise<number> => (await page.getByRole('banner').boundingBox())!.height;
  for (const [width, tall, most] of [
    [1366, 768, 50],
    [1280, 720, 50],
    // 1440 × 900 and 1366 × 768 as a zoom of 200 % leaves them.
    [720, 450, 0.15 * 450],
    [683, 384, 0.15 * 384],
  ] as const) {
    await page.setViewportSize({ width, height: tall });
    await page.goto('./');
    await expect(playground.scrubber).toBeVisible();
    expect(await height(), `${width} × ${tall}`).toBeLessThanOrEqual(most);
  }
});
