/** Published logs in the real page, counted independently by a script that shares no code with it. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pythonPath } from '../src/testing/python';
import { ONLINE_RETAIL } from '../src/log/siteLogs';
import { errorsOf, expect, ONE_ARM, sharedTest as test, type Playground } from './support/playground';

const MOVIELENS = path.resolve('../shared/data/ml-latest-small');
const RETAIL = path.resolve('../shared/data/online-retail-uci');

interface Counted {
  readonly rows: number;
  readonly events: number;
  readonly users: number;
  readonly items: number;
  readonly removed: Readonly<Record<string, number>>;
  readonly targets: { readonly validation: number; readonly test: number };
}

/** `python/oracle/count_log.py`, which uses only Python's standard library. */
function countAgain(...args: readonly string[]): Counted {
  return JSON.parse(
    execFileSync(pythonPath(), ['python/oracle/count_log.py', ...args], { encoding: 'utf8', maxBuffer: 1 << 26 }),
  ) as Counted;
}

const MOVIELENS_COLUMNS = [
  ...['--events', `${MOVIELENS}/ratings.csv`, '--items', `${MOVIELENS}/movies.csv`],
  ...['--user', 'userId', '--item', 'Id', '--time', 'timestamp', '--title', 'title', '--rating', 'rating'],
];
const RETAIL_COLUMNS = [
  ...['--events', `${RETAIL}/online_retail.parquet`, '--user', 'CustomerID', '--item', 'StockCode', '--time', 'InvoiceDate'],
  ...['--date-format', '%m/%d/%y %H:%M', '--title', 'Description', '--rating', 'Quantity', '--split', 'last-basket'],
];

const number = (text: string): number => Number(text.replaceAll(/[,−]/g, ''));

/** What the dialog says: rows, reasons, users, items, targets. */
async function counts(playground: Playground): Promise<Counted> {
  const { intake } = playground;
  await playground.intakeStep('Split');
  const rowsOf = (name: string) =>
    intake
      .getByRole('table', { name, exact: true })
      .locator('tbody tr')
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.firstChild?.textContent?.trim() ?? '')));
  await expect(intake.getByRole('table', { name: 'Counts of the split' })).toBeVisible({ timeout: 60_000 });
  await expect(intake.locator('[aria-busy=true]')).toHaveCount(0);
  const [, validation, tested] = await rowsOf('Counts of the split');
  const items = /([\d,]+) items are ranked/.exec(await intake.innerText())![1]!;
  await playground.intakeStep('Filters');
  const [events, users] = await rowsOf('Counts');
  const rows = (await rowsOf('Rows of events')).map(([reason, count]) => [reason!, number(count!)] as const);
  expect(rows.at(-1)).toEqual(['in the log', number(events![2]!)]);
  return {
    rows: rows[0]![1],
    events: number(events![2]!),
    users: number(users![2]!),
    items: number(items),
    removed: Object.fromEntries(rows.slice(1, -1)),
    targets: { validation: number(validation![2]!), test: number(tested![2]!) },
  };
}

function expected({ rows, events, users, items, removed, targets }: Counted): Counted {
  return { rows, events, users, items, removed, targets };
}

function present(folder: string): boolean {
  if (existsSync(folder)) return true;
  console.warn(`skipped: ${folder} is not on this machine`);
  return false;
}

test.describe('MovieLens latest-small', () => {
  test.skip(!present(MOVIELENS), `${MOVIELENS} is not on this machine`);

  test('counts equal an independent count, unfiltered and filtered', async ({ playground }) => {
    const { page, intake } = playground;
    await playground.open();
    await page.getByLabel('Open a log', { exact: true }).setInputFiles([`${MOVIELENS}/ratings.csv`, `${MOVIELENS}/movies.csv`]);
    await expect(intake.getByRole('status')).toContainText('100,836 of 100,836 rows', { timeout: 60_000 });
    expect(await counts(playground)).toEqual(expected(countAgain(...MOVIELENS_COLUMNS)));

    await intake.getByLabel('Minimum rating').fill('4');
    await intake.getByLabel('Minimum events per item').fill('5');
    await intake.getByLabel('Minimum events per user').fill('20');
    await intake.getByLabel('From').fill('2000-01-01');
    await expect(intake.locator('[aria-busy=true]')).toHaveCount(0);
    const filters = [
      '--least-rating',
      '4',
      '--item-core',
      '5',
      '--user-core',
      '20',
      '--start',
      String(Date.UTC(2000, 0, 1) / 1000),
    ];
    expect(await counts(playground)).toEqual(expected(countAgain(...MOVIELENS_COLUMNS, ...filters)));

    await intake.getByRole('button', { name: 'Use this log' }).click();
    const log = await playground.section('Log');
    await expect(log).toContainText('MovieLens · ', { timeout: 60_000 });
    await expect(log).toContainText('rows left out: rating below the minimum');
  });
});

test.describe('UCI Online Retail', () => {
  test.skip(!present(RETAIL), `${RETAIL} is not on this machine`);

  test('counts equal an independent count', async ({ playground }) => {
    const { page, intake } = playground;
    await playground.open();
    await page.getByLabel('Open a log', { exact: true }).setInputFiles(`${RETAIL}/online_retail.parquet`);
    await expect(intake.getByRole('status')).toContainText('of 240,007 rows', { timeout: 60_000 });
    expect(await counts(playground)).toEqual(expected(countAgain(...RETAIL_COLUMNS, '--least-rating', '1')));
  });
});

test('the real log of the site opens by one click, trains, and is there again by its link and at the next visit', async ({
  playground,
  page: elsewhere,
}) => {
  test.setTimeout(900_000);
  const { page, run, intake } = playground;
  const asked: string[] = [];
  page.context().on('request', (request) => {
    if (request.url().includes(ONLINE_RETAIL.folder)) asked.push(request.url());
  });
  const counts = 'online-retail · 2,547 users · 695 items';
  const recipe = page.getByRole('complementary', { name: 'Recipe' });
  await playground.open(ONE_ARM);
  const log = await playground.section('Log');
  expect(asked).toEqual([]);
  await log.getByRole('button', { name: 'Open a real log: UCI Online Retail, the first 44 % (1.2 MB)' }).click();
  await expect(recipe).toContainText(counts, { timeout: 60_000 });
  await expect(intake).toBeHidden();
  await expect(log).toContainText('The first 240,007 of 541,909 lines (44 %) of UCI Online Retail (D. Chen, 2015; CC BY 4.0)');
  await expect(log).toContainText('67,225 rows left out: no user');
  await expect(log.getByRole('button', { name: /^Open a real log/ })).toBeHidden();
  expect(asked).toHaveLength(2);

  await run.click();
  await playground.finished(600_000);
  expect(await playground.stepOf('Action')).toBe(2);

  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy link to the recipe' }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toContain(`log=${ONLINE_RETAIL.hash}`);
  await page.goto('about:blank');
  await page.goto('./');
  await playground.view('Try it');
  await expect(recipe).toContainText(counts, { timeout: 60_000 });
  expect(asked).toHaveLength(2);

  const errors = errorsOf(elsewhere);
  await elsewhere.goto(link);
  await expect(elsewhere.getByRole('complementary', { name: 'Recipe' })).toContainText(counts, { timeout: 120_000 });
  await expect(elsewhere.getByRole('status', { name: 'Logs' }).getByText('The recipe was made for')).toHaveCount(0);
  expect(errors).toEqual([]);
});
