import { expect, it } from 'vitest';
import { dropMissingTitles, emptyItems, listItem } from './items';

/** Titles of an items file, as they are kept. */
function kept(...titles: string[]): (string | undefined)[] {
  const items = emptyItems();
  titles.forEach((title, at) => listItem(items, `i${at}`, (role) => (role === 'title' ? title : undefined)));
  dropMissingTitles(items);
  return titles.map((_, at) => items.texts.title[at]);
}

it('keeps the title of the one item that is called nan', () => {
  expect(kept('naan', 'nan', 'roti')).toEqual(['naan', 'nan', 'roti']);
});

it('takes nan for missing where several items have it', () => {
  expect(kept('nan', 'roti', 'NaN')).toEqual(['', 'roti', '']);
});
