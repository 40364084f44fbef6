import path from 'node:path';
import { expect, it } from 'vitest';
import { BrowserRunError, runInChromium } from './browserRun';
import { readOptions } from './options';
import { withSiteLog } from './siteLog';

it('hands a log and how to read it to headless Chromium', async () => {
  const root = path.resolve('.');
  const options = await withSiteLog(readOptions(['--log', 'online-retail'])!, root);
  const { sources } = options.mapping!;
  const mapping = { ...options.mapping!, sources: [...sources, ...sources] };
  const ended = runInChromium(root, { ...options, mapping }, () => undefined);
  await expect(ended).rejects.toThrow(new BrowserRunError('The recipe was made for other files.'));
});
