/** The bench of campaigns on the built page; see src/testing/campaign.ts. */
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { runRecordSchema, type RunRecord } from '../../src/record/runRecord';

export interface PageBench {
  readonly browser: Browser;
  /** URL of the built page. */
  readonly url: string;
  /** A separate browser, with a profile that outlives it. */
  readonly launch: (profile: string) => Promise<BrowserContext>;
  /**
   * A separate browser that optimises WebAssembly, as people's do; that of tests does not, since it would
   * take longer than their models.
   */
  readonly optimising: () => Promise<Browser>;
}

/** The run on the page, as exported. */
export async function exportedRecord(page: Page): Promise<RunRecord> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Run record, JSON' }).click();
  return runRecordSchema.parse(JSON.parse(await readFile(await (await download).path(), 'utf8')));
}
