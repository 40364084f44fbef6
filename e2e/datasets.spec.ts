/** Datasets by id from a hub: listed after the person agreed to its host, downloaded, and read as a log. */
import { startHub, type HubServer } from '../src/testing/hubServer';
import { smallLog } from './support/logs';
import { expect, test } from './support/playground';

const CARD = '---\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/*.csv\n---\n# Shop\n';

let hub: HubServer;
test.beforeEach(async () => {
  const bytesOf = (content: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(content));
  hub = await startHub({
    repositories: new Map([
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
  await page.getByRole('button', { name: 'From a hub' }).click();
  const id = page.getByLabel('Dataset: ID or URL on a hub');
  // In sight, unlike the field of the files beside it.
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
  await expect(intake).toContainText('its card lists it under “default” as a part of train');
  await intake.getByRole('button', { name: 'Use this log' }).click();
  await expect(intake).toBeHidden();
  await expect(page.getByRole('button', { name: 'Change columns, filters, split' })).toBeVisible();

  // The host has been agreed to; what is not there is said in words.
  await id.fill(`${hub.url}/datasets/tiny/nothing`);
  await id.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'no public dataset of that name' })).toBeVisible();
});

test('candidate sets come with their log, and the audit tries its titles on the model when asked', async ({ playground }) => {
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
  await expect(intake.getByRole('region', { name: 'shop.random' })).toContainText('a user and a list of items in each line');
  await playground.intakeStep('Report');
  await expect(intake).toContainText('6 candidate sets for targets');
  await playground.intakeStep('Audit');
  await intake.getByRole('button', { name: 'Check for titles that wordnet-1m knows by heart' }).click();
  await expect(intake).toContainText(/of 24 .*sampled titles are known by heart to wordnet-1m/, { timeout: 60_000 });
  await intake.getByRole('button', { name: 'Use this log' }).click();
  await expect(page.getByRole('button', { name: 'Change columns, filters, split' })).toBeVisible();
});
