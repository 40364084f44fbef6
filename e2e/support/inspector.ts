/** The inspector as a user operates it. */
import type { Locator } from '@playwright/test';
import type { Playground } from './playground';

/** A model's answer on the history. */
export function modelPanel({ page }: Playground, name: string): Locator {
  return page.getByRole('region', { name: 'Inspector', exact: true }).getByRole('region', { name, exact: true });
}

/** Shows the view, with an empty history. */
export async function openInspector({ page, view }: Playground): Promise<void> {
  await view('Inspector');
  // Who is there is not given a random user's history.
  await page.getByRole('combobox', { name: 'Add an item' }).focus();
  const clear = page.getByRole('main').getByRole('button', { name: 'Clear', exact: true });
  if (await clear.isVisible()) await clear.click();
}

/** Adds the first item found. */
export async function addItem({ page }: Playground, words: string): Promise<void> {
  const box = page.getByRole('combobox', { name: 'Add an item' });
  await box.fill(words);
  await page.getByRole('listbox').getByRole('option').filter({ hasText: words }).first().click();
}

export function history({ page }: Playground): Locator {
  return page.getByRole('list', { name: 'History, oldest first' }).getByRole('listitem');
}

/** Titles and scores of a model's best items. */
export async function listOf(playground: Playground, name: string): Promise<string[]> {
  return playground.page
    .getByRole('list', { name: `Best items of ${name}` })
    .getByRole('listitem')
    .allInnerTexts();
}
