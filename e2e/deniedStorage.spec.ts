/** A browser set to let no site store anything: the page works in memory, and says so. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WINDOW } from './support/browsers';
import { smallLog } from './support/logs';
import { expect, ONE_ARM, playgroundOn, test } from './support/playground';

/** Chromium's setting "don't allow sites to save data on your device". */
const BLOCKED = { profile: { default_content_setting_values: { cookies: 2 } } };

test(
  'trains if the browser lets no site store anything, and says what is not saved',
  { tag: WINDOW },
  async ({ playwright, launchOptions, baseURL }, { outputDir }) => {
    test.slow();
    mkdirSync(path.join(outputDir, 'Default'), { recursive: true });
    writeFileSync(path.join(outputDir, 'Default/Preferences'), JSON.stringify(BLOCKED));
    const context = await playwright.chromium.launchPersistentContext(outputDir, {
      ...launchOptions,
      baseURL: baseURL!,
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
    });
    const errors: string[] = [];
    try {
      const page = await context.newPage();
      page.on('pageerror', ({ message }) => errors.push(message));
      const playground = playgroundOn(page);
      await playground.open({ ...ONE_ARM, 'training.steps': '1' });
      const denied = await page.evaluate(async () => {
        const refusal = (error: unknown): string => (error as Error).name;
        let local = 'stored';
        try {
          localStorage.setItem('x', 'y');
        } catch (error) {
          local = refusal(error);
        }
        return [
          local,
          await navigator.storage.getDirectory().then(() => 'stored', refusal),
          await new Promise((resolve) => {
            try {
              const opening = indexedDB.open('x');
              opening.onsuccess = () => {
                resolve('stored');
              };
              opening.onerror = () => {
                resolve(opening.error?.name);
              };
            } catch (error) {
              resolve(refusal(error));
            }
          }),
        ];
      });
      expect(denied, 'the browser denies all three storages').not.toContain('stored');

      const notice = page.getByRole('status', { name: 'Not saved' });
      await expect(notice).toContainText('Recipe, view and other choices last until the page is closed.');
      await expect(notice).toContainText('Runs last until the page is closed. Save them as files.');
      await playground.openLog(smallLog());
      await expect(notice).toContainText('The opened log: The browser stores no files for this page.');
      await playground.run.click();
      await playground.finished();
      expect(await playground.stepOf('Action')).toBe(1);
      expect(errors).toEqual([]);
    } finally {
      await context.close();
    }
  },
);
