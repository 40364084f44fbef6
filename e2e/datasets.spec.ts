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
