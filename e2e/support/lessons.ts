/** Lessons, by their URLs. */
import type { Page } from '@playwright/test';

/**
 * Goes to a place of the lessons on a page that shows lessons, as Back and Forward do: nothing is loaded
 * anew.
 */
export async function goToLesson(page: Page, place: string): Promise<void> {
  await page.evaluate((search) => {
    history.pushState(null, '', search);
    dispatchEvent(new PopStateEvent('popstate'));
  }, `?lesson=${place}`);
}
