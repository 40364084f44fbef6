import path from 'node:path';
import { expect, it } from 'vitest';
import { ONLINE_RETAIL } from '../log/siteLogs';
import { filesFromDisk } from './diskSource';
import { openLog } from './openLog';
import { readOptions } from './options';
import { withSiteLog } from './siteLog';

const ROOT = path.resolve('.');

it('--log online-retail is the log of the site with its filters, which options change', async () => {
  const open = async (...more: readonly string[]) => {
    const options = await withSiteLog(readOptions(['--log', 'online-retail', ...more])!, ROOT);
    expect(options.spec.data.id).toBe(ONLINE_RETAIL.id);
    return openLog(await filesFromDisk(options.log), options, false);
  };
  const { log, rows } = await open();
  expect([log.name, log.hash, rows]).toEqual([ONLINE_RETAIL.id, ONLINE_RETAIL.hash, ONLINE_RETAIL.lines]);
  const { recipe } = await open('--filter', 'itemCore=100', '--split', 'leave-last-out');
  expect(recipe).toMatchObject({ filters: { itemCore: 100, userCore: 5, repeats: 'first' }, split: { kind: 'leave-last-out' } });
});

it('leaves every other log as it is', async () => {
  for (const log of [[], ['a.csv'], ['online-retail', 'a.csv']]) {
    const options = readOptions(log.flatMap((file) => ['--log', file]))!;
    expect(await withSiteLog(options, ROOT)).toBe(options);
  }
});
