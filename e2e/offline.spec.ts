/** The page without a network: its server, the hub and the connection are all down. */
import { preview } from 'vite';
import { WINDOW } from './support/browsers';
import { goToLesson } from './support/lessons';
import { smallLog } from './support/logs';
import { STOPPABLE_PORT } from './support/ports';
import { expect, ONE_ARM, playgroundOn, recipeHash, test } from './support/playground';
import { startTinyHub } from './support/tinyHub';

test.use({ serviceWorkers: 'allow', visitor: 'new' });

test(
  'opens again offline, shows a lesson that was opened once, runs the embedded model, and a stored model of a hub',
  { tag: WINDOW },
  async ({ page, context }) => {
    // Four visits, and two runs that compile their shaders.
    test.slow();
    const hub = await startTinyHub();
    // In a subfolder of its host, since URLs are relative.
    const server = await preview({
      base: '/lab/karma/',
      logLevel: 'error',
      preview: { host: '127.0.0.1', port: STOPPABLE_PORT, strictPort: true },
    });
    const address = `http://127.0.0.1:${STOPPABLE_PORT}/lab/karma/`;
    const fromHub = { ...ONE_ARM, 'model.id': 'tiny/qwen3', 'model.baseUrl': hub.url };
    const playground = playgroundOn(page);
    const banner = page.getByRole('banner');

    await page.goto(address + recipeHash(fromHub));
    await expect(banner).toHaveAttribute('data-device', 'ready');
    await playground.agree();
    const model = await playground.section('Model');
    await model.getByRole('button', { name: 'Download tiny/qwen3' }).click();
    await expect(model).toContainText('tiny/qwen3: downloaded');
    await expect(model).toContainText('Ready offline', { timeout: 60_000 });
    const maps = playground.panel('Attention maps');
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Learn' }).click();
    const sweep = playground.panel('Over the learning rate');
    await goToLesson(page, 'seeds&step=2');
    await expect(sweep).toBeVisible({ timeout: 60_000 });
    await goToLesson(page, 'collapse&step=2');
    await expect(maps).toBeVisible({ timeout: 60_000 });
    const lessonKept = () =>
      page.evaluate(async () =>
        Promise.all(
          ['collapse.run.json.gz', 'rates.json.gz'].map(async (file) => (await caches.match(`recorded/${file}`)) !== undefined),
        ),
      );
    await expect.poll(lessonKept, { timeout: 90_000 }).toEqual([true, true]);

    await context.setOffline(true);
    await hub.close();
    await server.close();
    await expect(fetch(address)).rejects.toThrow();

    await page.goto('about:blank');
    await page.goto(`${address}?lesson=collapse&step=2`);
    await expect(maps).toBeVisible({ timeout: 60_000 });
    await page.goto('about:blank');
    await page.goto(`${address}?lesson=seeds&step=2`);
    await expect(sweep).toBeVisible({ timeout: 60_000 });

    const runTwoSteps = async (): Promise<void> => {
      await playground.run.click();
      await playground.finished();
      expect(await playground.stepOf('Action')).toBe(2);
    };
    await page.goto('about:blank');
    await page.goto(address + recipeHash(ONE_ARM));
    await expect(banner).toHaveAttribute('data-device', 'ready');
    await expect(banner).toContainText('Recorded run');
    await runTwoSteps();

    await page.goto('about:blank');
    await page.goto(address + recipeHash(fromHub));
    await expect(banner).toHaveAttribute('data-device', 'ready');
    await playground.openLog(smallLog());
    await runTwoSteps();
    await playground.view('Try it');
    await playground.section('Model');
    await expect(model).toContainText('tiny/qwen3: from this browser or disk');

    // The service worker caches nothing from the hub.
    const kept = await page.evaluate(async () => {
      const addresses: string[] = [];
      for (const name of await caches.keys()) {
        for (const { url } of await (await caches.open(name)).keys()) addresses.push(url);
      }
      return addresses;
    });
    expect(kept).toContain(address);
    expect(kept.some((url) => url.endsWith('.wasm'))).toBe(true);
    expect(kept.filter((url) => !url.startsWith(address))).toEqual([]);
  },
);
