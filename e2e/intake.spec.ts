/** From dropped files to a log, as a user goes through the dialog. */
import { gzipSync } from 'node:zlib';
import type { Locator } from '@playwright/test';
import { oddLog, smallLog } from './support/logs';
import { errorsOf, expect, ONE_ARM, playgroundOn, sharedTest, TINY, type Playground } from './support/playground';

/** A table of the dialog as rows of texts. */
function tableOf({ intake }: Playground, name: string): Promise<string[][]> {
  return tableRows(intake.getByRole('table', { name, exact: true }));
}

function tableRows(around: Locator): Promise<string[][]> {
  return around.locator('tbody tr').evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
}

async function next({ intake }: Playground, title: string): Promise<void> {
  await intake.getByRole('button', { name: `Next: ${title}` }).click();
}

sharedTest('maps unrecognised columns, filters, splits, trains, and filters again', async ({ playground }) => {
  const { page, intake, run } = playground;
  const odd = oddLog();
  await playground.open({ ...ONE_ARM, 'training.steps': '3' });
  await playground.drop(odd);
  await expect(intake).toContainText('These are guesses from their names and the first rows');
  await expect(intake.getByRole('alert')).toHaveCount(0);
  const preview = intake.getByRole('region', { name: 'First rows of laden.csv' });
  await expect(preview.getByRole('row')).toHaveCount(21);
  for (const [role, column] of [
    ['user', 'wer'],
    ['item', 'ware'],
    ['time', 'wann'],
    ['rating', 'sterne'],
    ['title', 'bezeichnung'],
  ] as const) {
    await expect(intake.getByLabel(role, { exact: true }).locator('option:checked')).toHaveText(column);
  }
  // Told from the first rows, and to be changed where that is wrong.
  await expect(intake.getByLabel('time unit')).toHaveValue('day-first');
  await intake.getByLabel('time unit').selectOption('month-first');
  await expect(preview).toContainText('cannot be read');
  await intake.getByLabel('time unit').selectOption({ label: 'date, day first (31/12/2024)' });
  await expect(preview).not.toContainText('cannot be read');
  await expect(preview).toContainText(`${odd.rows[0]!.day} 22:13`);

  await intake.getByRole('button', { name: 'Read with these columns' }).click();
  await expect(intake.getByRole('heading', { name: 'Is this right?' })).toBeVisible();
  await expect(intake.locator('dl')).toContainText(/30\s*users.*40\s*items.*180\s*events|users\s*30.*items\s*40.*events\s*180/s);
  await playground.intakeStep('Report');
  await expect(intake).toContainText('180 of 180 rows · 30 users · 40 items');
  await next(playground, 'Filters');
  const kept = (least: number) => odd.rows.filter(({ stars }) => stars >= least);
  const users = (rows: typeof odd.rows) => new Set(rows.map(({ user }) => user)).size;
  await intake.getByLabel('Minimum rating').fill('2');
  await expect(intake.getByRole('status')).toContainText(
    `${kept(2).length} of 180 rows · ${users(kept(2))} users · ${new Set(kept(2).map(({ item }) => item)).size} items`,
  );
  await expect(intake.getByRole('row', { name: /^rating below the minimum/ })).toContainText(`−${180 - kept(2).length}`);
  await expect(intake.getByRole('figure', { name: 'Long tail' })).toContainText('readable');

  await next(playground, 'Split');
  await expect
    .poll(() => tableOf(playground, 'Counts of the split'))
    .toEqual([
      ['training', '30', String(kept(2).length - 60)],
      ['validation targets', '30', '30'],
      ['test targets', '30', '30'],
    ]);
  const example = intake.getByRole('region', { name: /^User/ });
  await expect(example.getByRole('listitem').last()).toContainText('test target');
  const first = await example.getByRole('heading').innerText();
  await example.getByRole('button', { name: 'Another user' }).click();
  await expect(example.getByRole('heading')).not.toHaveText(first);
  await intake.getByRole('radio', { name: /^One cut-off time/ }).check();
  await expect.poll(async () => (await tableOf(playground, 'Counts of the split'))[0]?.[2]).not.toBe(String(kept(2).length - 60));
  await intake.getByRole('radio', { name: /^Leave last out/ }).check();
  await intake.getByRole('button', { name: 'Use this log' }).click();
  await expect(intake).toBeHidden();

  const log = await playground.section('Log');
  await expect(log).toContainText(`${180 - kept(2).length} rows left out: rating below the minimum`);
  await run.click();
  await playground.finished();
  expect(await playground.stepOf('Action')).toBe(3);

  await log.getByRole('button', { name: 'Change columns, filters, split' }).click();
  await expect(intake.getByLabel('Minimum rating')).toHaveValue('2');
  await intake.getByLabel('Minimum rating').fill('3');
  await intake.getByLabel('Minimum events per user').fill('4');
  const four = kept(3).filter(({ user }) => kept(3).filter((row) => row.user === user).length >= 4);
  await expect(intake.getByRole('status')).toContainText(`${four.length} of 180 rows · ${users(four)} users`);
  // Cancelling changes nothing.
  await intake.getByRole('button', { name: 'Cancel' }).click();
  await expect(log).toContainText(`${kept(2).length} interactions`);
  await log.getByRole('button', { name: 'Change columns, filters, split' }).click();
  await expect(intake.getByLabel('Minimum rating')).toHaveValue('2');
  await intake.getByLabel('Minimum rating').fill('3');
  await intake.getByRole('button', { name: 'Use this log' }).click();
  await expect(log).toContainText(`${kept(3).length} interactions`);

  // The same header again, on another visit.
  const again = playgroundOn(await page.context().newPage());
  const errors = errorsOf(again.page);
  await again.open();
  await again.drop(odd);
  await expect(again.intake.getByRole('heading', { name: 'Is this right?' })).toBeVisible();
  await again.intakeStep('Files');
  await expect(again.intake).toContainText('the columns are mapped as you did before for this header');
  await expect(again.intake).toContainText('180 of 180 rows');
  await again.intake.getByRole('button', { name: 'Forget that and guess again' }).click();
  await expect(again.intake).not.toContainText('as you did before');
  expect(errors).toEqual([]);
  await again.page.close();
});

sharedTest('says what is wrong with broken files, and keeps the open log', async ({ playground }) => {
  const { page, intake } = playground;
  await playground.open();
  await playground.openLog(smallLog());
  const line = 'kitchen · 30 users · 40 items';
  const log = page.getByRole('complementary', { name: 'Recipe' });
  await expect(log).toContainText(line);
  const packed = gzipSync(Buffer.from(smallLog().text.repeat(50)));
  const broken: readonly (readonly [string, Buffer, RegExp])[] = [
    ['empty.csv', Buffer.alloc(0), /empty/],
    ['page.csv', Buffer.from('<!doctype html><html><body>Sign in</body></html>'), /web page|HTML/i],
    ['picture.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]), /picture|image/i],
    ['cut.csv.gz', packed.subarray(0, packed.length - 20), /cut|damaged|incomplete|gzip/i],
    ['items.csv', Buffer.from('item_id,title\ni1,red teacup\n'), /no users/],
  ];
  for (const [name, buffer, says] of broken) {
    await page.getByLabel('Open a log', { exact: true }).setInputFiles({ name, mimeType: 'text/plain', buffer });
    await expect(intake.getByRole('alert'), name).toContainText(says);
    await expect(intake.getByRole('alert'), name).toContainText(name.replace('.gz', ''));
    await expect(intake.getByRole('button', { name: 'Use this log' }).and(page.locator(':enabled')), name).toHaveCount(0);
    await intake.getByRole('button', { name: 'Cancel' }).click();
    await expect(log).toContainText(line);
  }
  // A wrong delimiter is corrected by hand.
  await playground.drop({ name: 'hash.csv', text: smallLog().text.replaceAll(',', '#') });
  await expect(intake.getByRole('list', { name: 'Steps' })).toBeVisible();
  await intake.getByLabel('Delimiter').selectOption({ label: 'semicolons' });
  await expect(intake.getByLabel('Delimiter')).toHaveValue(';');
  await intake.getByRole('button', { name: 'Cancel' }).click();
});

sharedTest('a red check keeps a log from being the first choice, and a click puts it right', async ({ playground }) => {
  const { intake } = playground;
  // As u1.base and u1.test of MovieLens 100K: a random fifth is the test, whenever it was.
  const rows = smallLog()
    .text.trim()
    .split('\n')
    .slice(1)
    .map((line, at) => ({ at, cells: line.split(',').map((cell) => cell.replace(/^[ui](?=\d)/, '')) }));
  const file = (name: string, isTest: boolean) => ({
    name,
    text: rows
      .filter(({ at }) => (at % 5 === 2) === isTest)
      .map(({ cells: [user, item, time] }) => `${user!}\t${item!}\t3\t${time!}\n`)
      .join(''),
  });
  await playground.open();
  await playground.drop(file('u1.base', false), file('u1.test', true));
  const foot = intake.getByRole('contentinfo');
  await expect(foot.getByRole('button', { name: 'Use it as it is' })).toBeVisible();
  await foot.getByRole('button', { name: '1 problem that makes results invalid' }).click();
  await expect(intake.getByRole('heading', { name: /^Results would be invalid/ })).toBeVisible();
  const red = intake.getByRole('listitem').and(intake.locator('[data-level=red]'));
  await expect(red).toContainText(/targets have simultaneous or later events in their history or in training/);
  await expect(red).toContainText('First: user');
  await red.getByRole('button', { name: 'Leave out later events' }).click();
  await expect(foot.getByRole('button', { name: 'Use this log' })).toBeEnabled();
  await expect(red).toHaveCount(0);
  await expect(intake.getByRole('list', { name: 'Fine' })).toContainText('have simultaneous or later events');
});

sharedTest('shows markup and formulas in a log as text', async ({ playground }) => {
  const { page, intake } = playground;
  const markup = '<img src=x onerror="window.hacked=1">';
  const formula = '=HYPERLINK(""http://example.org"")';
  await playground.open();
  await playground.drop({
    name: 'titles.csv',
    text: smallLog()
      .text.replaceAll('red teacup', `"${markup.replaceAll('"', '""')}"`)
      .replaceAll('red brie', `"${formula}"`),
  });
  await expect(intake).toContainText('180 of 180 rows');
  await playground.intakeStep('Columns');
  await expect(intake.getByRole('region', { name: 'First rows of titles.csv' })).toContainText(markup);
  await playground.intakeStep('Split');
  await expect(intake.getByRole('region', { name: /^User/ })).toBeVisible();
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  expect(await intake.locator('img').count()).toBe(0);
});

sharedTest('shows how far it has read, and stops on request', async ({ playground }) => {
  const { page, intake } = playground;
  await playground.open();
  const rows = 1_500_000;
  // Created in the page, since transferring that much text takes long.
  await page.getByLabel('Open a log', { exact: true }).evaluate((input, count) => {
    const parts = ['user_id,item_id,timestamp,title\n'];
    for (let at = 0; at < count; at++)
      parts.push(`u${at % 5000},i${(at * 7919) % 3000},${1_600_000_000 + at},thing ${at % 3000}\n`);
    const data = new DataTransfer();
    data.items.add(new File(parts, 'long.csv'));
    (input as HTMLInputElement).files = data.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, rows);
  await expect(intake.getByRole('progressbar')).toBeVisible();
  await intake.getByRole('button', { name: 'Stop reading' }).click();
  await expect(intake.getByRole('button', { name: 'Read them' })).toBeVisible();
  await expect(intake.getByRole('button', { name: 'Use this log' })).toBeDisabled();
  await intake.getByRole('button', { name: 'Read them' }).click();
  await expect(intake.getByRole('status')).toContainText('1,500,000 of 1,500,000 rows', { timeout: 120_000 });
});

sharedTest(
  'refuses a log that would not fit after its first megabytes, with the number of events that would',
  async ({ playground }) => {
    const { page, intake } = playground;
    await playground.open();
    await playground.openLog(smallLog());
    // Three gigabytes that are one megabyte many times over, so that they take no room themselves.
    await page.getByLabel('Open a log', { exact: true }).evaluate((input, pieces) => {
      const rows = Array.from({ length: 50_000 }, (_, at) => `u${at % 5000},i${(at * 7919) % 3000},${1_600_000_000 + at}\n`);
      const piece = new Blob(rows);
      const data = new DataTransfer();
      data.items.add(new File(['user_id,item_id,timestamp\n', ...Array.from({ length: pieces }, () => piece)], 'endless.csv'));
      (input as HTMLInputElement).files = data.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }, 3000);
    await expect(intake.getByRole('alert')).toContainText(
      /endless\.csv: It has about 150,000,000 events, which would take about 13\.\d GB .* about 47,000,000 events would fit/,
      { timeout: 60_000 },
    );
    await expect(intake.getByRole('button', { name: 'Use this log' })).toBeDisabled();
    await intake.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByRole('complementary', { name: 'Recipe' })).toContainText('kitchen · 30 users · 40 items');
  },
);

const WINDOWS = [
  [375, 'light'],
  [375, 'dark'],
  [1440, 'dark'],
] as const;

sharedTest('every step fits the window, narrow or wide, light or dark', async ({ playground }, testInfo) => {
  const { page, intake } = playground;
  await playground.open();
  for (const [width, colorScheme] of WINDOWS) {
    await page.setViewportSize({ width, height: 812 });
    await page.emulateMedia({ colorScheme });
    await playground.drop(smallLog());
    await expect(intake.getByRole('status')).toContainText('180 of 180 rows');
    for (const step of ['Files', 'Columns', 'Report', 'Filters', 'Split']) {
      await playground.intakeStep(step);
      const overflow = await page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll('dialog[open], dialog[open] > *')].map(
          (element) => element.scrollWidth - element.clientWidth,
        ),
      );
      expect(Math.max(...overflow), `${step}, ${width} wide, ${colorScheme}`).toBe(0);
      await page.screenshot({ path: testInfo.outputPath(`${step}-${width}-${colorScheme}.png`) });
    }
    await intake.getByRole('button', { name: 'Cancel' }).click();
    await expect(intake).toBeHidden();
  }
});

/** A NumPy array, float32 by rows. */
function npy(rows: readonly (readonly number[])[]): Buffer {
  const facts = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${rows[0]!.length}), }`;
  const header = Buffer.from(`${facts.padEnd(117)}\n`, 'latin1');
  return Buffer.concat([
    Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]),
    header,
    Buffer.from(Float32Array.from(rows.flat()).buffer),
  ]);
}

sharedTest('lets the user choose which items embeddings belong to, and shows the first titles', async ({ playground }) => {
  const { page, intake } = playground;
  await playground.open(TINY);
  const log = smallLog();
  const ids = [
    ...new Set(
      log.text
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')[1]!),
    ),
  ];
  const file = (name: string, content: string | Buffer) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });
  await page
    .getByLabel('Open a log')
    .setInputFiles([
      file(log.name, log.text),
      file('things.csv', `item_id,title\n${ids.map((id) => `${id},Thing ${id}\n`).join('')}`),
      file('ids.txt', `${ids.toReversed().join('\n')}\n`),
      file('emb.npy', npy(ids.map((_, at) => [at, 0.5, -at]))),
    ]);
  await playground.intakeStep('Columns');
  const first = () => tableRows(intake.getByRole('region', { name: 'Items of the first rows of emb.npy' }));
  const rows = intake.getByLabel('Rows correspond to');
  await expect(rows).toHaveValue('ids.txt');
  await expect.poll(async () => (await first())[0]).toEqual(['1', '0.00, 0.500, 0.00', ids.at(-1), `Thing ${ids.at(-1)!}`]);
  await rows.selectOption('things.csv');
  await expect.poll(async () => (await first())[1]).toEqual(['2', '1.00, 0.500, -1.00', ids[1], `Thing ${ids[1]!}`]);
  await rows.selectOption('—');
  await expect(intake.getByRole('alert')).toContainText('Its rows have no IDs.');
  await rows.selectOption('things.csv');
  await intake.getByRole('button', { name: 'Next: Report' }).click();
  await expect(intake).toContainText('180 of 180 rows · 30 users · 40 items');
  await intake.getByRole('button', { name: 'Use this log' }).click();
  await expect(intake).toBeHidden();
});
