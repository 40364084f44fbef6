import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readLog } from './readLog';
import { readSampleLog } from './sample';
import { summariseLog } from './summary';
import { fileOf } from './testing';

const MOVIELENS = '../shared/data/ml-latest-small';
const RETAIL = '../shared/data/online-retail-uci';
const SAMPLE = 'public/datasets/wordnet-store';

function present(folder: string): boolean {
  if (existsSync(folder)) return true;
  console.warn(`skipped: ${folder} is not on this machine`);
  return false;
}

function fileIn(folder: string, name: string): File {
  return fileOf(name, new Uint8Array(readFileSync(`${folder}/${name}`)));
}

/** Fields of lines without quotes; enough for files whose ids and times come first. */
function lines(folder: string, name: string): string[][] {
  return readFileSync(`${folder}/${name}`, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
}

describe('the sample log', () => {
  it('is read whole, to the same content as ever', async () => {
    const read = await readSampleLog((path) => fileIn('public', path).arrayBuffer());
    const rows = lines(SAMPLE, 'interactions.csv');
    expect(summariseLog('sample', read)).toMatchObject({
      name: 'WordNet General Store',
      hash: '1298122e7e6b244a3dc23eb99075d8f3f451c0a7c08577eb244b1ed98f303e4e',
      users: new Set(rows.map(([user]) => user)).size,
      items: lines(SAMPLE, 'items.csv').length,
      interactions: rows.length,
      targets: 3000,
      queries: rows.filter(([, , , query]) => query !== '').length,
      exposures: rows.reduce((sum, [, , , , exposed]) => sum + (exposed === '' ? 0 : exposed!.split(' ').length), 0),
      dropped: [],
    });
    expect(read.findings.filter(({ level }) => level === 'warning')).toEqual([]);
  });
});

describe.skipIf(!present(MOVIELENS))('MovieLens latest-small', () => {
  it.each([MOVIELENS, `${MOVIELENS}/derived`])('%s: counts equal an independent count', async (folder) => {
    const read = await readLog([fileIn(folder, 'ratings.csv'), fileIn(folder, 'movies.csv')]);
    const ratings = lines(folder, 'ratings.csv');
    const histories = new Map<string, [number, string][]>();
    for (const [user, item, , time] of ratings) histories.set(user!, [...(histories.get(user!) ?? []), [Number(time), item!]]);
    const summary = summariseLog('movielens', read);
    expect(summary).toMatchObject({
      users: 610,
      items: lines(folder, 'movies.csv').length,
      interactions: 100_836,
      queries: 0,
      exposures: 0,
      dropped: [],
    });
    expect(read.log.items[10]).toMatchObject({
      id: '11',
      title: 'American President, The (1995)',
      category: 'Comedy|Drama|Romance',
    });
    expect(read.recipe.sources.map(({ format }) => format)).toEqual(['MovieLens CSV', 'MovieLens CSV']);

    // Users whose last two events have a history, once more: some time before that of the last but one.
    const times = [...histories.values()].map((events) => events.map(([time]) => time).sort((a, b) => a - b));
    expect(summary.targets).toBe(times.filter((own) => own.length >= 3 && own[0]! < own.at(-2)!).length);
  });
});

describe.skipIf(!present(RETAIL))('UCI Online Retail', () => {
  it('is read as baskets, every row accounted for', async () => {
    const read = await readLog([fileIn(RETAIL, 'online_retail.parquet')]);
    const { interactions, dropped } = summariseLog('retail', read);
    expect(interactions + dropped.reduce((sum, { rows }) => sum + rows, 0)).toBe(240_007);
    expect(dropped).toContainEqual({ reason: 'no user', rows: 67_225 });
    expect(read.recipe).toMatchObject({ split: { kind: 'last-basket' }, filters: { leastRating: 1 } });
    expect(read.recipe.sources[0]).toMatchObject({ format: 'UCI Online Retail', timeUnit: 'month-first' });
  });
});
