/**
 * A browser that has no room for a model's weights: they stay in memory, the page says so, and training
 * continues.
 */
import type { Page } from '@playwright/test';
import { WINDOW } from './support/browsers';
import { smallLog } from './support/logs';
import { expect, ONE_ARM, playgroundOn, test } from './support/playground';
import { startTinyHub } from './support/tinyHub';

/**
 * Room for a model's small files, not for its weights. Chromium allocates at least 1 MiB to a file that is
 * written.
 */
const ROOM = 2_500_000;

interface Kept {
  readonly key: string;
  readonly hash: string | null;
  readonly total: number | null;
  readonly bytes: number;
}

/** Contents of the page's own file system: facts, and the bytes present. */
function filesOf(page: Page): Promise<Kept[]> {
  return page.evaluate(async () => {
    const directory = await (await navigator.storage.getDirectory()).getDirectoryHandle('karma');
    const read = async (name: string): Promise<File> => (await directory.getFileHandle(name)).getFile();
    const kept: Kept[] = [];
    const names: string[] = [];
    for await (const name of directory.keys()) names.push(name);
    for (const name of names.filter((one) => !one.endsWith('.json'))) {
      const facts = JSON.parse(await (await read(`${name}.json`)).text()) as Omit<Kept, 'bytes'>;
      kept.push({ ...facts, bytes: (await read(name)).size });
    }
    return kept;
  });
}

// Chromium has no quota for private windows, and Playwright’s pages are private, so this one has a profile.
test(
  'weights for which the browser has no room stay in memory, and can be trained on',
  { tag: WINDOW },
  async ({ playwright, launchOptions, baseURL }, { outputDir }) => {
    const hub = await startTinyHub();
    const context = await playwright.chromium.launchPersistentContext(outputDir, {
      ...launchOptions,
      baseURL: baseURL!,
      serviceWorkers: 'block',
      viewport: { width: 1440, height: 900 },
    });
    try {
      const page = await context.newPage();
      const playground = playgroundOn(page);
      await playground.open({ ...ONE_ARM, 'model.id': 'tiny/wide', 'model.baseUrl': hub.url });
      await playground.agree();
      const model = await playground.section('Model');
      const usage = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
      const devtools = await context.newCDPSession(page);
      await devtools.send('Storage.overrideQuotaForOrigin', {
        origin: new URL(baseURL!).origin,
        quotaSize: usage + ROOM,
      });

      await model.getByRole('button', { name: 'Download tiny/wide' }).click();
      await expect(model).toContainText('tiny/wide: downloaded');
      await expect(model).toContainText(/The browser has no room for model-0000\d-of-00002\.safetensors.*: held in memory only/);
      await model.getByText('Stored in this browser').click();
      await expect(model.getByRole('listitem').filter({ hasText: 'tiny/wide' }).last()).toContainText('incomplete');

      const kept = (await filesOf(page)).filter(({ key }) => key.startsWith(hub.url));
      expect(kept.some(({ key }) => key.endsWith('config.json'))).toBe(true);
      expect(kept.every(({ key }) => !key.endsWith('-00002-of-00002.safetensors'))).toBe(true);
      for (const { key, hash, total, bytes } of kept) expect([key, hash === null, bytes]).toEqual([key, false, total]);

      await playground.openLog(smallLog());
      await playground.run.click();
      await playground.finished();
      expect(await playground.stepOf('Action')).toBe(2);
      await expect(model).toContainText(/largest difference from ONNX Runtime .* passed/);
    } finally {
      await context.close();
      await hub.close();
    }
  },
);
