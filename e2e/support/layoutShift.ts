/** Layout shift of a page, as in https://web.dev/articles/cls, but without session windows. */
import type { Page } from '@playwright/test';

/** Starts with the page's next opening. */
export async function watchLayoutShift(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const moved = { shift: 0 };
    Object.assign(globalThis, { moved });
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[])
        if (!hadRecentInput) moved.shift += value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** The sum so far. */
export function layoutShift(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as unknown as { moved: { shift: number } }).moved.shift);
}
