/** Chromium's own processes, as it accounts for them. */
import type { Browser } from '@playwright/test';

export interface BrowserProcess {
  readonly id: number;
  /** `browser`, `renderer`, `GPU`, … */
  readonly type: string;
  /** Seconds of CPU time of all threads since it started. */
  readonly cpuTime: number;
}

export async function processesOf(browser: Browser): Promise<readonly BrowserProcess[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = (await session.send('SystemInfo.getProcessInfo')) as {
    readonly processInfo: readonly BrowserProcess[];
  };
  await session.detach();
  return processInfo;
}

/** Seconds of CPU time of all processes that run now. */
export async function cpuSecondsOf(browser: Browser): Promise<number> {
  return (await processesOf(browser)).reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}
