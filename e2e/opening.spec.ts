import { layoutShift, watchLayoutShift } from './support/layoutShift';
import { expect, test } from './support/playground';

test.use({ details: 'folded' });

test('says what the page is and what the recorded runs showed, and opens a real LLM’s run when asked to', async ({
  playground,
}) => {
  const { page } = playground;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const askedFor = (part: string): string[] => asked.filter((path) => path.includes(part));
  await playground.open();
  const picture = page.getByRole('region', { name: 'What the run shows' });
  await expect(picture.getByRole('heading', { level: 2 })).toContainText('attention heads get stuck');
  await expect(picture).toContainText('seed 0 of the 10 runs');
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await verdict.getByRole('button', { name: /^What happened/ }).click();
  for (const topic of ['Ranking', 'Attention', 'Language']) await expect(verdict).toContainText(topic);
  await expect(verdict).toContainText('One seed');
  await expect(verdict).toContainText(/After [\d,]+ steps, on [\d,]+ test users/);
  // Reduced motion is preferred here, so nothing plays until requested. Filling scrolls there.
  await playground.scrubber.fill('0');
  await expect(verdict).toContainText('Before training');

  await test.step('a chip shows the recorded run of another learning rate, of which there is one', async () => {
    const finding = picture.getByRole('heading', { level: 2 });
    await expect(picture).toContainText('KARMA − Action, 10 runs');
    await picture.getByText('0.002', { exact: true }).click();
    await expect(picture).toContainText('In this one run');
    await expect(finding).toContainText('attention heads get stuck');
    await picture.getByText('0.0005', { exact: true }).click();
    await expect(picture).toContainText('KARMA − Action, 10 runs');
    expect(askedFor('rates')).toHaveLength(1);
  });

  const views = page.getByRole('navigation', { name: 'Views' });
  await verdict.getByRole('button', { name: 'Ask all models' }).click();
  await expect(views.getByRole('button', { name: 'Try it' })).toHaveAttribute('aria-current', 'page');
  await expect(page.getByRole('region', { name: 'Inspector' })).toBeInViewport();
  await playground.view('Story');
  await verdict.getByRole('button', { name: /^What happened/ }).click();

  expect(askedFor('llm.')).toEqual([]);
  await picture.getByRole('button', { name: 'Real LLM' }).click();
  await expect(verdict).toContainText('After 187 steps, on 1,000 test users');
  const source = verdict.getByRole('region', { name: 'Where this run comes from' });
  await expect(source).toContainText('Apache 2.0');
  await source.getByText('A command that trains such a run').click();
  await expect(source.getByRole('code')).toContainText('npm run experiment -- --model SmolLM2-135M-Instruct.Q4_1.gguf');
  const href = await source.getByRole('link', { name: 'Adapters of the arms' }).getAttribute('href');
  expect((await page.request.head(href!)).ok()).toBe(true);
  expect(askedFor('llm.')).toEqual(['/recorded/llm.run.json.gz']);
});

test.describe('without a preference for reduced motion', () => {
  test.use({ contextOptions: { reducedMotion: 'no-preference' }, visitor: 'new' });

  test('the page hardly moves while it opens and plays, on a desktop and a phone', async ({ browser }) => {
    const shifts = [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ].map(async (viewport) => {
      const page = await browser.newPage({ viewport });
      await watchLayoutShift(page);
      await page.goto('./');
      await expect(page.getByRole('button', { name: 'Stop playing' })).toBeVisible({ timeout: 60_000 });
      await expect(page.getByRole('button', { name: /^Play its/ })).toBeVisible({ timeout: 60_000 });
      await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('test users');
      const shift = await layoutShift(page);
      await page.close();
      return [viewport.width, shift] as const;
    });
    for (const [width, shift] of await Promise.all(shifts)) expect(shift, `${width} pixels`).toBeLessThan(0.05);
  });

  test('the recorded run plays its steps, until the reader takes over', async ({ playground }) => {
    const { page } = playground;
    const verdict = page.getByRole('region', { name: 'Verdict' });
    // A step is shown for less than a second, so everything that the page says while it opens is recorded.
    await page.addInitScript(() => {
      const said: string[] = [];
      Object.assign(window, { said });
      new MutationObserver(() => {
        const now = document.querySelector<HTMLElement>('main')?.textContent ?? '';
        if (now !== said.at(-1)) said.push(now);
      }).observe(document, { subtree: true, childList: true, characterData: true });
    });
    await playground.open();
    const said = () => page.evaluate(() => (window as unknown as { said: string[] }).said.join('\n'));
    await expect.poll(said).toMatch(/Stop playing[^]*Before training[^]*After \d+ of/);
    await playground.scrubber.fill('0');
    await expect(page.getByRole('button', { name: /^Play its/ })).toBeVisible();
    await expect(verdict).toContainText('Before training');
    await page.getByRole('button', { name: /^Play its/ }).click();
    await page.getByRole('button', { name: 'Stop playing' }).click();
    await expect(page.getByRole('button', { name: /^Play its/ })).toBeVisible();
  });
});
