import { drawnCases } from '../src/testing/drawnCases';
import { layoutShift, watchLayoutShift } from './support/layoutShift';
import { expect, test } from './support/playground';

const VIEWPORTS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const OPENINGS = VIEWPORTS.flatMap((viewport) => [false, true].map((api) => ({ viewport, api })));

for (const { viewport, api } of drawnCases(OPENINGS, ({ viewport: { width }, api: there }) => [{ width }, { there }])) {
  test(`without ${api ? 'an adapter' : 'the API'} nothing moves while the page opens, ${viewport.width} pixels wide`, async ({
    page,
  }) => {
    await page.setViewportSize(viewport);
    if (!api)
      await page.addInitScript(() => {
        Reflect.deleteProperty(Navigator.prototype, 'gpu');
      });
    await watchLayoutShift(page);
    const ofLog: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/datasets/')) ofLog.push(request.url());
    });
    await page.goto('./');
    await expect(page.getByRole('slider', { name: 'Step shown' })).toBeVisible();
    await page.waitForTimeout(1500);
    expect(await layoutShift(page)).toBeLessThan(0.05);
    // Two megabytes that nothing in view needs.
    expect(ofLog).toEqual([]);
    // The story needs no WebGPU: it is missed where something is tried.
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Try it' }).click();
    const notice = page.getByRole('alert').filter({ hasText: 'Chrome' });
    await expect(notice).toBeVisible();
    if (!api) return;
    // On a narrow screen it is one line until opened. Only the user docks it.
    if (viewport.width < 700) await notice.getByRole('heading').click();
    await notice.getByRole('button', { name: 'Move to the top of the page' }).click();
    await expect(notice.getByRole('button', { name: 'Move to the top of the page' })).toBeHidden();
    await expect(notice).toBeVisible();
  });
}

test('says why nothing can be trained and what to do, and shows the recorded run', async ({ playground }) => {
  const { page, run, alert, scrubber } = playground;
  await page.goto('./');
  await playground.view('Try it');
  await expect(alert).toContainText('WebGPU');
  await expect(alert).toContainText('Chrome');
  await expect(alert).toContainText('Firefox');
  await expect(alert).toContainText('Safari');
  await expect(alert.getByRole('button', { name: 'Check again' })).toBeVisible();
  await expect(run).toBeDisabled();

  await expect(page.getByRole('banner')).toContainText('Recorded run');
  expect((await playground.table('HR@K over steps')).length).toBeGreaterThan(4);
  const before = await playground.map('KARMA');
  await scrubber.fill('0');
  await expect.poll(() => playground.map('KARMA')).not.toBe(before);
});

test('the models generate text on WebAssembly, from a text and from a history', async ({ playground }) => {
  const { page } = playground;
  const texts = playground.panel('Generated text');
  await page.goto('./');
  await texts.getByText('Text', { exact: true }).click();
  await texts.getByLabel('Prompt', { exact: true }).fill('red wine: a wine');
  await texts.getByRole('button', { name: 'Generate' }).click();
  const base = page.getByRole('region', { name: 'Text of Base model' });
  await expect(base).toContainText('tokens', { timeout: 60_000 });
  await texts.getByText('History', { exact: true }).click();
  await texts.getByRole('button', { name: 'Generate' }).click();
  await expect(texts).toContainText('› [EMB]', { timeout: 60_000 });
  await expect(base).toContainText('tokens');
  // So do the recorded run’s arms, with its adapters.
  await expect(page.getByRole('region', { name: 'Text of KARMA' })).toContainText('tokens', { timeout: 60_000 });
  await playground.view('Inspector');
  await expect(page.getByRole('main')).toContainText('Without WebGPU the models cannot read a history here');
});
