import type { Worker } from '@playwright/test';
import { smallLog } from './support/logs';
import { expect, sharedTest as test, TINY } from './support/playground';

/** Counts a worker's GPU buffers from now on: those created and not destroyed. */
async function countBuffers(worker: Worker): Promise<() => Promise<{ readonly alive: number; readonly made: number }>> {
  await worker.evaluate(() => {
    const alive = new Set<GPUBuffer>();
    let made = 0;
    const createBuffer = Reflect.get<GPUDevice, 'createBuffer'>(GPUDevice.prototype, 'createBuffer');
    const destroy = Reflect.get<GPUBuffer, 'destroy'>(GPUBuffer.prototype, 'destroy');
    GPUDevice.prototype.createBuffer = function (descriptor) {
      const buffer = createBuffer.call(this, descriptor);
      alive.add(buffer);
      made++;
      return buffer;
    };
    GPUBuffer.prototype.destroy = function () {
      alive.delete(this);
      destroy.call(this);
    };
    Object.assign(globalThis, { buffersAlive: () => ({ alive: alive.size, made }) });
  });
  return () =>
    worker.evaluate(() => (globalThis as unknown as { buffersAlive: () => { alive: number; made: number } }).buffersAlive());
}

test('starts and stops three times and is left with the GPU buffers of one run', async ({ playground }) => {
  const { page, run, stop, status } = playground;
  await playground.open({ ...TINY, 'training.steps': '400' });
  await playground.openLog(smallLog());
  const worker = page.workers().find((one) => one.url().includes('trainingWorker'));
  expect(worker, 'the training worker').toBeDefined();
  const buffers = await countBuffers(worker!);

  const left: number[] = [];
  let before = 0;
  for (let round = 0; round < 3; round++) {
    await run.click();
    await expect(status).toHaveText('Running', { timeout: 120_000 });
    await expect.poll(() => playground.stepOf('KARMA'), { timeout: 60_000 }).toBeGreaterThan(round);
    const { alive, made } = await buffers();
    expect(made - before, 'buffers made by a run').toBeGreaterThan(100);
    expect(alive).toBeGreaterThan(100);
    await stop.click();
    await expect(status).toHaveText('Stopped', { timeout: 60_000 });
    await expect(run).toBeEnabled();
    if (round > 0) await expect.poll(async () => (await buffers()).alive).toBe(left[0]);
    else {
      // What the first run leaves is the baseline for the next, so wait until it has settled.
      await expect.poll(async () => (await buffers()).alive).toBeLessThan(alive);
      await page.waitForTimeout(1000);
    }
    const settled = await buffers();
    left.push(settled.alive);
    before = settled.made;
  }
  expect(new Set(left).size).toBe(1);
});
