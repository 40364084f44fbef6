import { WINDOW } from './support/browsers';
import { expect, test } from './support/playground';
import { ENGINE_PORT } from './support/ports';
import { workerReport } from './support/workerReport';

const ORIGIN = `http://127.0.0.1:${ENGINE_PORT}`;
const QUOTA = 4_000_000;

// Chromium has no quota for private windows, and Playwright’s pages are private, so this one has a profile.
test(
  'files stay in the browser’s file system, one writer at a time, until it is full',
  { tag: WINDOW },
  async ({ playwright, launchOptions }, { outputDir }) => {
    const context = await playwright.chromium.launchPersistentContext(outputDir, launchOptions);
    const page = await context.newPage();
    await page.goto(`${ORIGIN}/e2e/engine/index.html`);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: ORIGIN, quotaSize: QUOTA });
    const report = await workerReport(page, '/e2e/engine/storage.worker.ts', 2 * QUOTA);
    const facts = { key: 'https://hub/model', group: 'org/name', version: '"1"', total: 6 };
    expect(report).toEqual({
      empty: [null, []],
      busy: true,
      begun: { ...facts, hash: null, bytes: 3 },
      'whole file of what was begun': null,
      whole: { ...facts, hash: 'hash', bytes: 6 },
      bytes: [1, 2, 3, 4, 5, 6],
      list: [
        ['a', 'other', 3],
        ['org/name', 'https://hub/model', 6],
      ],
      full: 'StorageFullError',
      'kept of what was too large': true,
      'after deletion': [null, []],
    });
    await context.close();
  },
);
