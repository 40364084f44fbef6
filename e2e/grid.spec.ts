import { readFile } from 'node:fs/promises';
import { strFromU8, unzipSync } from 'fflate';
import { smallLog } from './support/logs';
import { errorsOf, expect, ONE_ARM, sharedTest as test, TINY } from './support/playground';

test('plans a grid, measures its cost, continues after a reload with what is missing, and compares', async ({
  playground,
  browser,
}, testInfo) => {
  test.setTimeout(400_000);
  const { page } = playground;
  const { view } = playground;
  const jobs = page.getByRole('list', { name: 'Runs of the grid' }).getByRole('listitem');
  const progress = page.getByRole('status', { name: 'Queue' });

  await playground.open({ ...TINY, name: 'Ranks', 'training.steps': '3' });
  await playground.openLog(smallLog());
  await view('Grid');
  await page.getByRole('group', { name: 'Arms' }).getByLabel('KARMA', { exact: true }).uncheck();
  await page.getByRole('group', { name: 'LoRA rank' }).getByLabel('values').fill('2, 0');
  await expect(page.getByRole('main').getByRole('alert')).toHaveText('LoRA rank must be a whole number from 1 to 64, not 0.');
  await page.getByRole('group', { name: 'LoRA rank' }).getByLabel('values').fill('2, 4');
  await page.getByRole('group', { name: 'Seeds' }).getByLabel('values').fill('0, 1');
  await expect(page.getByText('2 rows, 4 cells in 4 runs.')).toBeVisible();

  const left = page.getByLabel('What is left');
  await expect(left).toContainText('not known on this adapter');
  await page.getByRole('button', { name: 'Measure (2 × 3 steps)' }).click();
  await expect(left).toContainText(/Training about .* preparation and evaluation/, { timeout: 120_000 });
  await page.screenshot({ path: testInfo.outputPath('setup.png'), fullPage: true });

  await page.getByRole('button', { name: 'Create the queue' }).click();
  await expect(jobs).toHaveCount(4);
  await page.getByRole('button', { name: 'Later: Ranks · rank 2, seed 0' }).click();
  await expect(jobs.first()).toContainText('rank 4, seed 0');
  await page.getByRole('button', { name: 'Start the queue' }).click();
  await expect(progress).toHaveText('2 of 4 runs finished', { timeout: 120_000 });
  await expect(jobs.nth(2)).toContainText('running');

  await page.reload();
  await view('Grid');
  await expect(progress).toHaveText('2 of 4 runs finished');
  // The log is open again, though the page was opened with a link.
  await page.getByRole('button', { name: 'Resume the queue' }).click();
  await expect(jobs.nth(2)).toContainText('running');
  await expect(jobs.first()).toContainText('finished');
  await expect(progress).toHaveText('4 of 4 runs finished', { timeout: 120_000 });

  // Two measurements, four runs, and the run that the reload interrupted, if it had already been evaluated.
  await view('Runs');
  const finished = page
    .getByRole('region', { name: 'Saved runs' })
    .getByRole('row')
    .filter({ hasText: /^.*Ranks · rank/ });
  await expect(finished.filter({ hasText: 'finished' })).toHaveCount(4);

  await view('Grid');
  const matrix = page.getByRole('region', { name: 'Matrix of the grid' });
  await expect(matrix.getByRole('row')).toHaveCount(3);
  const cell = matrix.getByRole('button', { name: /^HR@10 of Action, LoRA rank 4/i });
  await expect(cell).toContainText('±');
  await cell.click();
  const detail = playground.panel('HR@10 over seeds');
  await expect(detail).toContainText(/HR@10 of Action, .* is .* against Action, .*distinguishable/);
  await expect(page.getByText(/^seed 1: .*n 8/)).toBeVisible();
  await page.screenshot({ path: testInfo.outputPath('matrix.png'), fullPage: true });
  await matrix.getByLabel(/Compare with Action, LoRA rank 4/i).check();
  await expect(cell).not.toContainText('distinguishable');

  await page.getByLabel('Notes on Ranks').fill('Rank hardly matters here.');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Notes with figures' }).click();
  const packed = unzipSync(new Uint8Array(await readFile(await (await download).path())));
  const notes = strFromU8(packed['notes.md']!);
  expect(notes).toContain('# Notes on Ranks\n\nRank hardly matters here.');
  const figures = Object.keys(packed).filter((path) => path.endsWith('.svg'));
  expect(figures.length).toBeGreaterThan(2);
  for (const path of figures) {
    expect(notes).toContain(`](${path})`);
    expect(strFromU8(packed[path]!)).toMatch(/^<svg /);
  }

  // The grid itself is in the embed code: a page elsewhere shows its differences without this browser's saved
  // runs.
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const offer = page.getByRole('region', { name: 'Embed code' });
  await offer.getByText('differences of a grid', { exact: true }).click();
  await expect(offer.getByRole('link', { name: 'See it alone' })).toHaveAttribute('href', /embed=forest.*#grid=/);
  const address = (await offer.getByRole('link', { name: 'See it alone' }).getAttribute('href'))!;
  const other = await browser.newContext({ baseURL: page.url() });
  const frame = await other.newPage();
  const wrong = errorsOf(frame);
  await frame.goto(address);
  const forest = frame.getByRole('figure', { name: 'Differences from the baseline' });
  await expect(forest).toContainText('What differs from Action, LoRA rank 4?');
  await expect(forest).toContainText(/Ranks; .*, 3 steps/);
  await expect(forest.getByRole('img').first()).toBeVisible();
  expect(wrong).toEqual([]);
  // A link that was cut off in transit says so.
  await frame.goto('about:blank');
  await frame.goto(address.slice(0, -40));
  await expect(frame.getByRole('alert')).toContainText('could not be loaded');
  await other.close();

  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'New grid' }).click();
  const earlier = page.getByRole('list', { name: 'Earlier grids' }).getByRole('listitem');
  await expect(earlier).toContainText('Ranks kitchen, 4 of 4 cells filled: Rank hardly matters here.');
  await page.getByRole('group', { name: 'Arms' }).getByLabel('KARMA', { exact: true }).uncheck();
  await page.getByRole('group', { name: 'LoRA rank' }).getByLabel('values').fill('2');
  await page.getByRole('group', { name: 'Seeds' }).getByLabel('values').fill('0, 1');
  await page.getByRole('button', { name: 'Create the queue' }).click();
  await expect(progress).toHaveText('2 of 2 runs finished');
  await page.getByLabel('Compare two grids').check();
  const compared = playground.panel('HR@10, two grids compared');
  await expect(compared).toContainText(/0 of \d+ differences are distinguishable from 0/);
  await page.screenshot({ path: testInfo.outputPath('compared.png'), fullPage: true });
});

test('a log of one’s own is offered a search over three rates, and its outcome is the recipe’s', async ({ playground }) => {
  const { page } = playground;
  const recipe = page.getByRole('complementary', { name: 'Recipe' });
  await playground.open(ONE_ARM);
  await expect(recipe.getByRole('button', { name: 'Search for a rate first' })).toHaveCount(0);
  // Not the log of the visit's finished runs, after which no search is offered.
  const { name, text } = smallLog();
  await playground.openLog({ name, text: text.replace('red teacup', 'green teacup') });
  await expect(recipe).toContainText('trains Action for 2 steps at each of 0.0015, 0.003 and 0.006');
  await recipe.getByRole('button', { name: 'Search for a rate first' }).click();
  await expect(recipe).toContainText('Searching for a learning rate: run 1 of 3');
  const outcome = recipe.getByText(/^The search chose the rate/);
  await expect(outcome).toContainText(/HR@10 on validation targets: .* % at 0\.0015, .* % at 0\.003 and .* % at 0\.006/, {
    timeout: 150_000,
  });
  const rate = /rate ([\d.]+)\. HR/.exec(await outcome.innerText())![1]!;
  await expect(playground.choices.getByRole('textbox', { name: 'Learning rate' })).toHaveValue(rate);
});
