import type { Page } from '@playwright/test';
import { smallLog } from './support/logs';
import { expect, sharedTest as test, TINY } from './support/playground';

/** Number of checkpoint slots, out of two, that are filled. */
function checkpoints(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const directory = await (await navigator.storage.getDirectory()).getDirectoryHandle('karma-checkpoints', { create: true });
    let written = 0;
    for await (const handle of directory.values()) if (handle.kind === 'file' && (await handle.getFile()).size > 0) written += 1;
    return written;
  });
}

test('a run interrupted by a reload is offered, and reaches the numbers of an uninterrupted one', async ({ playground }) => {
  test.setTimeout(1_500_000);
  const { page, run, step, status } = playground;
  await playground.open({ ...TINY, 'training.steps': '4' });
  await playground.openLog(smallLog());
  // Starts paused, and takes one step.
  await step.click();
  await expect(status).toHaveText('Paused', { timeout: 400_000 });
  await step.click();
  const losses = async (): Promise<Record<string, string>[]> =>
    // Seconds are the machine's, not the run's.
    (await playground.table('Losses')).map((row) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'seconds')),
    );
  await expect.poll(async () => (await losses()).length, { timeout: 120_000 }).toBe(4);
  // The checkpoint is taken after the step, before the run waits for the next.
  await expect(status).toHaveText('Paused');
  await expect.poll(() => checkpoints(page)).toBe(2);

  await page.reload();
  const notice = page.getByRole('status', { name: 'Interrupted run' });
  // On a busy machine the last one may not have been written yet; it then continues from the previous one.
  await expect(notice).toContainText(/had completed [12] of 4 steps/, { timeout: 120_000 });
  // The link in the address bar mentions no log.
  await playground.openLog(smallLog());
  await notice.getByRole('button', { name: /^Resume at step [12]$/ }).click();
  await playground.finished(400_000);
  const resumed = await losses();
  expect(resumed).toHaveLength(8);
  await expect(notice).toHaveCount(0);
  // The model was compared with ONNX Runtime before the reload.
  await playground.section('Model');
  const certificate = page.getByText(/^largest difference from ONNX Runtime .* passed/);
  await certificate.hover();
  await expect(certificate.getByRole('tooltip')).toContainText(/Compared on .*, on an earlier visit\.$/);

  await run.click();
  await expect(status).not.toHaveText('Finished');
  await playground.finished(400_000);
  expect(await losses()).toEqual(resumed);
});
