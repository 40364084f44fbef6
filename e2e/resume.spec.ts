import { measuredBy } from '../src/testing/measured';
import { checkpoints, finishedRun, savedRuns } from './support/kept';
import { smallLog } from './support/logs';
import { exportedRecord } from './support/pageBench';
import { expect, ONE_ARM, test, TINY } from './support/playground';

test('a run of a link on an own log is resumed after a reload, saved as finished, and has the numbers of an uninterrupted one', async ({
  playground,
}) => {
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
  const [interrupted] = await savedRuns(page);
  expect(interrupted?.entry.status).toBe('interrupted');

  await page.reload();
  const notice = page.getByRole('status', { name: 'Interrupted run' });
  // On a busy machine the last one may not have been written yet; it then continues from the previous one.
  await expect(notice).toContainText(/was interrupted at step [12] of 4/, { timeout: 120_000 });
  await expect(page.getByRole('complementary', { name: 'Recipe' })).toContainText('kitchen · 30 users · 40 items');
  await notice.getByRole('button', { name: /^Resume at step [12]$/ }).click();
  await playground.finished(400_000);
  const resumed = await losses();
  expect(resumed).toHaveLength(8);
  await expect(notice).toHaveCount(0);
  expect(measuredBy(await finishedRun(page))).toEqual(measuredBy(await exportedRecord(page)));
  const saved = await savedRuns(page);
  expect(saved.map(({ entry }) => entry.id)).toEqual([interrupted!.entry.id]);
  expect(saved[0]!.entry.wallSeconds).toBeGreaterThan(interrupted!.entry.wallSeconds!);
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

test('a run that cannot be saved keeps its checkpoint, and is resumed and saved at the next visit', async ({ playground }) => {
  test.setTimeout(1_500_000);
  const { page, run } = playground;
  const notice = page.getByRole('status', { name: 'Interrupted run' });
  const full = await page.addInitScript(() => {
    const put = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, 'put')?.value as IDBObjectStore['put'];
    IDBObjectStore.prototype.put = function (value, key) {
      const request = put.call(this, value, key);
      if (this.name === 'records') this.transaction.abort();
      return request;
    };
  });
  await playground.open(ONE_ARM);
  await playground.openLog(smallLog());
  await run.click();
  await playground.finished(400_000);
  const said = page.getByRole('status', { name: 'Not saved' });
  await expect(said).toContainText('A run could not be saved');
  await expect(said).toContainText('The last checkpoint of the run that has ended is kept');
  expect(await checkpoints(page)).toBeGreaterThan(0);
  expect(await savedRuns(page)).toEqual([]);
  const trained = measuredBy(await exportedRecord(page));

  await full.dispose();
  await page.reload();
  await notice.getByRole('button', { name: 'Resume at step 2' }).click();
  await playground.finished(400_000);
  expect(measuredBy(await finishedRun(page))).toEqual(trained);
  await page.reload();
  await expect(playground.status).toContainText('Opened record', { timeout: 120_000 });
  await expect(notice).toHaveCount(0);
});
