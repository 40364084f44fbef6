/**
 * Datasets in the layout of a hub: by id, listed after the person agreed to its host, downloaded, and read as
 * a log; or as a folder.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { startHub, type HubServer } from '../src/testing/hubServer';
import { dragOf } from './support/drag';
import { smallLog } from './support/logs';
import { expect, sharedTest as test, TINY, type Playground } from './support/playground';

const CARD = '---\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/*.csv\n---\n# Shop\n';

const bytesOf = (content: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(content));

const OTHERS = Array.from({ length: 12 }, (_, item) => `i${item}`).join(' ');

/** Events of the small log as Parquet. */
function shard(rows: readonly (readonly string[])[]): Uint8Array<ArrayBuffer> {
  const columns = ['user_id', 'item_id', 'timestamp', 'title'].map((name, at) => ({
    name,
    data: rows.map((row) => (name === 'timestamp' ? Number(row[at]) : row[at]!)),
    type: name === 'timestamp' ? ('DOUBLE' as const) : ('STRING' as const),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData: columns }));
}

/**
 * The small log as a dataset of the hub: four events of each user in two shards of training, one of
 * validation, one of test, and candidates for each target of test. Its card says that training has a row more
 * than it has.
 */
function datasetFiles(): Map<string, Uint8Array<ArrayBuffer>> {
  const rows = smallLog()
    .text.trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  const split = (name: string, ...places: number[]): (readonly string[])[] =>
    rows.filter((_, at) => (name === 'train' ? places.includes(at % 6) : at % 6 === places[0]));
  const counts = { train: 121, validation: 30, test: 30 };
  const info = Object.entries(counts).map(([name, count]) => `  - name: ${name}\n    num_examples: ${count}\n`);
  const paths = Object.keys(counts).map((name) => `  - split: ${name}\n    path: data/${name}-*\n`);
  const card = `configs:\n- config_name: default\n  data_files:\n${paths.join('')}dataset_info:\n  splits:\n${info.join('')}`;
  const pool = split('test', 5).map(([user, item]) => `${user!}\t${item!} ${OTHERS}\n`);
  return new Map([
    ['README.md', bytesOf(`---\n${card}---\n# Kitchen\n`)],
    ['data/train-00000-of-00002.parquet', shard(split('train', 0, 1))],
    ['data/train-00001-of-00002.parquet', shard(split('train', 2, 3))],
    ['data/validation-00000-of-00001.parquet', shard(split('validation', 4))],
    ['data/test-00000-of-00001.parquet', shard(split('test', 5))],
    ['kitchen.random', bytesOf(pool.join(''))],
  ]);
}

/** What the dialog says of that dataset, wherever it comes from; uses it. */
async function expectDataset(playground: Playground): Promise<void> {
  const { page, intake } = playground;
  await playground.intakeStep('Files');
  await expect(intake.getByRole('region', { name: /train-00001-of-00002\.parquet$/ })).toContainText('a part of train');
  await expect(intake.getByRole('region', { name: /kitchen\.random$/ })).toContainText('a user and a list of items in each line');
  await playground.intakeStep('Report');
  await expect(intake).toContainText(/120 rows of .*train, where the dataset’s card says 121/);
  await expect(intake).toContainText('30 candidate sets for targets');
  await expect(intake.getByRole('status')).toContainText('180 of 180 rows · 30 users · 40 items');
  await playground.intakeStep('Split');
  await expect(intake.getByRole('radio', { name: /^As given in the files/ })).toBeChecked();
  await intake.getByRole('button', { name: /^Use / }).click();
  await expect(intake).toBeHidden();
  await expect(page.getByRole('complementary', { name: 'Recipe' })).toContainText('kitchen · 30 users · 40 items');
}

/** The field for a dataset of a hub, which the last test may have left open. */
async function datasetField(page: Page): Promise<Locator> {
  const button = page.getByRole('button', { name: 'From a hub' });
  if ((await button.getAttribute('aria-expanded')) === 'false') await button.click();
  return page.getByLabel('Dataset: ID or URL on a hub');
}

let hub: HubServer;
test.beforeEach(async () => {
  hub = await startHub({
    repositories: new Map([
      ['datasets/tiny/kitchen', datasetFiles()],
      [
        'datasets/tiny/shop',
        new Map([
          ['README.md', bytesOf(CARD)],
          ['data/train-00000-of-00001.csv', bytesOf(smallLog().text)],
          ['picture.png', bytesOf('no table')],
        ]),
      ],
    ]),
  });
});
test.afterEach(async () => {
  await hub.close();
});

test('a dataset by its URL on a mirror is asked about, listed, downloaded and used', async ({ playground }) => {
  const { page, intake } = playground;
  await playground.open();
  const id = await datasetField(page);
  // Visible, unlike the file field beside it.
  expect((await id.boundingBox())!.width).toBeGreaterThan(100);
  await expect(id).toHaveCSS('opacity', '1');
  await id.fill('shop');
  await id.press('Enter');
  await expect(page.getByText('This is not the ID of a dataset.')).toBeVisible();
  await id.fill(`${hub.url}/datasets/tiny/shop`);
  await id.press('Enter');
  const question = page.getByRole('group', { name: 'Another hub' });
  await expect(question).toContainText('It is not the usual hub');
  expect(hub.asked).toEqual([]);
  await question.getByRole('button', { name: 'Use it' }).click();
  const files = page.getByRole('list', { name: 'Files of tiny/shop' });
  await expect(files.getByRole('checkbox')).toHaveCount(3);
  await expect(files.getByRole('checkbox', { name: /picture/ })).not.toBeChecked();
  await page.getByRole('button', { name: /^Download .* and open/ }).click();
  await playground.intakeStep('Files');
  await expect(intake).toContainText('its card lists it under “default” as a part of train');
  await intake.getByRole('button', { name: 'Use this log' }).click();
  await expect(intake).toBeHidden();
  await expect(page.getByRole('button', { name: 'Change columns, filters, split' })).toBeVisible();

  // The host has been approved; what is missing is explained.
  await id.fill(`${hub.url}/datasets/tiny/nothing`);
  await id.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'no public dataset of that name' })).toBeVisible();
});

test('a dataset of Parquet shards with its card and candidate sets is read from a folder', async ({ playground }, testInfo) => {
  const folder = testInfo.outputPath('kitchen');
  for (const [name, content] of datasetFiles()) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  await playground.open();
  const drag = await dragOf(playground.page, folder);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await drag(type);
  await expectDataset(playground);
});

test('the same dataset is read from a mirror, and its candidate sets are those of the protocol', async ({
  playground,
}, testInfo) => {
  const { page, run } = playground;
  await playground.open({ ...TINY, 'evaluation.protocol': 'pre-ranking', 'evaluation.poolFrom': 'given' });
  const id = await datasetField(page);
  await id.fill(`${hub.url}/datasets/tiny/kitchen`);
  await id.press('Enter');
  await page.getByRole('group', { name: 'Another hub' }).getByRole('button', { name: 'Use it' }).click();
  await page.getByRole('button', { name: /^Download .* and open/ }).click();
  await expectDataset(playground);
  const resolved = hub.asked.map(({ path: asked }) => asked).filter((asked) => asked.includes('/resolve/'));
  // At the commit that was listed, not at a branch that may move.
  expect(resolved.length).toBeGreaterThanOrEqual(6);
  expect(resolved.every((asked) => /\/resolve\/[0-9a-f]{40}\//.test(asked))).toBe(true);

  await run.click();
  await playground.finished();
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect(verdict).toContainText('Only targets with a candidate set from the log’s files are ranked.');
  const pooled = playground.panel('candidate-pool HR@K over steps');
  await expect(pooled).toContainText(
    /in the given pool of 1[23](?: to 13)? candidates \(target included; from the log’s files\)/,
  );
  await pooled.getByRole('combobox', { name: 'Measure' }).selectOption({ label: 'HR' });
  const panel = playground.panel('HR@K over steps');
  await expect(panel).toContainText('Over the whole catalogue, of the targets that came with a candidate set.');
  expect((await playground.table('HR@K over steps'))[0]).toMatchObject({ targets: 'all with a candidate set' });

  // On a phone it is all there, and nothing sticks out.
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(verdict).toContainText('Only targets with a candidate set');
  await panel.scrollIntoViewIfNeeded();
  await expect(panel).toContainText('of the targets that came with a candidate set');
  const sticksOut = (): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await sticksOut()).toBe(0);
  await panel.screenshot({ path: testInfo.outputPath('phone.png') });
  await verdict.screenshot({ path: testInfo.outputPath('phone-verdict.png') });
});

test('candidate sets come with their log, and the audit tests the model on its titles on request', async ({ playground }) => {
  const { page, intake } = playground;
  const users = Array.from({ length: 6 }, (_, user) => user);
  const items = Array.from({ length: 24 }, (_, item) => item);
  const rows = users.flatMap((user) => [0, 1, 2, 3].map((n) => `${user}\t${(5 * user + n) % 24}\t${1000 + n}`));
  await playground.open();
  await playground.drop(
    { name: 'shop.inter', text: `user_id:token\titem_id:token\ttimestamp:float\n${rows.join('\n')}\n` },
    {
      name: 'shop.item',
      text: `item_id:token\ttitle:token_seq\n${items.map((n) => `${n}\ta small cup number ${n}`).join('\n')}\n`,
    },
    { name: 'shop.random', text: users.map((user) => `${user}\t${items.slice(user, user + 12).join(' ')}\n`).join('') },
  );
  await playground.intakeStep('Files');
  await expect(intake.getByRole('region', { name: 'shop.random' })).toContainText('a user and a list of items in each line');
  await playground.intakeStep('Report');
  await expect(intake).toContainText('6 candidate sets for targets');
  await playground.intakeStep('Audit');
  await intake.getByRole('button', { name: 'Check for titles that wordnet-1m knows by heart' }).click();
  await expect(intake).toContainText(/of 24 .*sampled titles are known by heart to wordnet-1m/, { timeout: 60_000 });
  await intake.getByRole('button', { name: 'Use this log' }).click();
  await expect(page.getByRole('button', { name: 'Change columns, filters, split' })).toBeVisible();
});
