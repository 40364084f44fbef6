import { expect, it } from 'vitest';
import { dataSetName } from './dataSetName';

it('names a log after its data set where its file does not', () => {
  const named = (name: string, format: string): string => dataSetName([{ name, format, part: 'events' }]);
  expect(named('ratings.csv', 'MovieLens CSV')).toBe('MovieLens');
  expect(named('u.data', 'MovieLens 100K')).toBe('MovieLens 100K');
  expect(named('behaviors.tsv', 'MIND')).toBe('MIND');
  // Folder, archive and file say more than the format.
  expect(named('ml-latest-small.zip/ratings.csv', 'MovieLens CSV')).toBe('ml-latest-small');
  expect(named('Electronics_5.json', 'Amazon Reviews 2014 or 2018')).toBe('Electronics_5');
  expect(named('kitchen.csv', 'Table')).toBe('kitchen');
  expect(named('ratings.csv', 'Table')).toBe('ratings');
  expect(named('.events', 'Table')).toBe('.events');
});

it('takes the name of the events, whatever else is opened with them', () => {
  const items = { name: 'movies.csv', format: 'MovieLens CSV', part: 'items' } as const;
  expect(dataSetName([items, { name: 'ratings.csv', format: 'MovieLens CSV', part: 'events' }])).toBe('MovieLens');
});
