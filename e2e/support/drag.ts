import type { Page } from '@playwright/test';

/** One event of a drag. */
export type Drag = (type: 'dragEnter' | 'dragOver' | 'drop') => Promise<void>;

/** Drags files or folders from disk over the middle of the page, as from the desktop. */
export async function dragOf(page: Page, ...files: string[]): Promise<Drag> {
  const session = await page.context().newCDPSession(page);
  return async (type) => {
    const data = { items: [], files, dragOperationsMask: 1 };
    await session.send('Input.dispatchDragEvent', { type, x: 700, y: 400, data });
  };
}
