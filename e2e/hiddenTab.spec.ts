import { smallLog } from './support/logs';
import { expect, test, TINY } from './support/playground';

test('trains on in a hidden tab, and says so afterwards', async ({ playground }) => {
  const { page, run, stop, status } = playground;
  await playground.open({ ...TINY, 'training.steps': '1000' });
  await playground.openLog(smallLog());
  await expect(page.getByRole('complementary', { name: 'Recipe' })).toContainText('kitchen');
  await run.click();
  await expect(status).toHaveText('Running', { timeout: 90_000 });

  // Hidden as a browser does it: no more frames first, those already asked for included, then the event.
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
  await expect.poll(step, { message: 'the title follows the run', timeout: 30_000 }).toBeGreaterThan(0);
  const first = await step();
  // The notice counts whole seconds, and two steps may take less than half of one.
  await page.waitForTimeout(1000);
  await expect.poll(step, { timeout: 30_000 }).toBeGreaterThan(first + 1);

  await page.evaluate(() => {
    (window as unknown as { show(): void }).show();
  });
  await expect(page.getByRole('main').getByRole('status')).toContainText(/This tab was hidden for \d+ s while training/);
  await expect(status).toHaveText('Running');
  await stop.click();
  await expect(status).toHaveText('Stopped');
});
