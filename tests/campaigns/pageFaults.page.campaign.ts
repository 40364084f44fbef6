/** One GPU call of a run on the built page fails: what the user sees, and what the next run gives. */
import type { Page } from '@playwright/test';
import { smallLog } from '../../e2e/support/logs';
import { expect, playgroundOn, TINY } from '../../e2e/support/playground';
import { exportedRecord, type PageBench } from '../../e2e/support/pageBench';
import { makeTinyModels, serveInPlace } from '../../e2e/support/tinyModels';
import { namedArm } from '../../src/recipe/namedArms';
import { sampleCases, type Campaign } from '../../src/testing/campaign';
import { everyFault } from '../../src/testing/faultyGpu';
import { beginFaults, faultyCounts, injectFaults } from '../../src/testing/faultyPage';
import { measuredBy, type MeasuredValues } from '../../src/testing/measured';

/** One arm with every loss of a typical run; a second one would make the same calls. */
const RECIPE = {
  ...TINY,
  arms: JSON.stringify([namedArm('karma')]),
  'training.steps': '1',
  'evaluation.sampleUsers': '4',
  'evaluation.finalUsers': '4',
  'evaluation.probes': '1',
};
/** Number of cases of the campaign, drawn from everything that may fail in such a run. */
const CASES = 120;

const campaign: Campaign<PageBench> = {
  claim:
    'a run on the page in which one GPU call fails is shown as failed, with what to do, gives its memory back, and the next run has the numbers of a clean one',
  cases: CASES,
  // Four runs in a browser for a single case: too slow for everyday tests.
  sample: 0,
  open: async (seed, { browser, url }) => {
    const context = await browser.newContext({ baseURL: url, serviceWorkers: 'block', reducedMotion: 'reduce' });
    await serveInPlace(context, (await makeTinyModels({}))[0]!);
    let page: Page | null = null;
    /** A new page, whose kernels are not compiled yet. */
    const reopen = async (): Promise<Page> => {
      await page?.close();
      page = await context.newPage();
      await injectFaults(page);
      const playground = playgroundOn(page);
      await playground.open(RECIPE);
      await playground.openLog(smallLog());
      return page;
    };
    /**
     * Runs, and waits for its end: a run may fail faster than one looks, and the status has the word of the
     * run before until then.
     */
    const ended = async (on: Page): Promise<string> => {
      // The status of a run that is being prepared is another element, so what holds it is watched.
      await on.getByRole('banner').evaluate((bar) => {
        const status = (): string => bar.querySelector('[role="status"]')?.textContent ?? '';
        Object.assign(window, {
          karmaTestEnd: new Promise<string>((resolve) => {
            let begun = false;
            const observer = new MutationObserver(() => {
              const over = /^(?:Finished|Failed)$/.test(status());
              begun ||= !over;
              if (!begun || !over) return;
              observer.disconnect();
              resolve(status());
            });
            observer.observe(bar, { characterData: true, childList: true, subtree: true });
          }),
        });
      });
      await playgroundOn(on).run.click();
      return on.evaluate(() => (window as unknown as { readonly karmaTestEnd: Promise<string> }).karmaTestEnd);
    };
    const clean = async (on: Page): Promise<MeasuredValues> => {
      await beginFaults(on, null);
      expect(await ended(on)).toBe('Finished');
      return measuredBy(await exportedRecord(on));
    };

    let shown = await reopen();
    const unbroken = await clean(shown);
    const cold = (await faultyCounts(shown)).calls;
    expect(await clean(shown)).toEqual(unbroken);
    const warm = await faultyCounts(shown);
    const all = everyFault(cold, warm.calls);
    const drawn = sampleCases(all.length, CASES, seed);
    return {
      cases: drawn.length,
      run: async (index) => {
        const injection = all[drawn[index]!]!;
        if (injection.call === 'createComputePipeline') shown = await reopen();
        await beginFaults(shown, injection);
        expect(await ended(shown), JSON.stringify(injection)).toBe('Failed');
        const alert = shown.getByRole('main').getByRole('alert');
        expect((await alert.locator('h2').innerText()).length).toBeGreaterThan(10);
        expect((await alert.locator('p').first().innerText()).length).toBeGreaterThan(10);
        expect((await faultyCounts(shown)).live, 'buffers left').toBeLessThanOrEqual(warm.live);
        expect(await clean(shown), `after ${JSON.stringify(injection)}`).toEqual(unbroken);
        return undefined;
      },
      close: () => context.close(),
    };
  },
};
export default campaign;
