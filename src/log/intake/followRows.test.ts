/** Embeddings without IDs: which items their rows belong to, and what the first of them get. */
import { describe, expect, it } from 'vitest';
import type { SourceMapping } from '../../recipe/logRecipe';
import { readLog } from '../readLog';
import { fileOf } from '../../testing/smallLogs';
import { followRows, needsRows, possibleLeaders } from './followRows';
import { firstRowItems } from './rowItems';
import { inspectFiles } from './intake';

const EVENTS = fileOf(
  'events.csv',
  `user,item,time\n${[0, 1, 2].map((u) => ['a', 'b', 'c', 'd'].map((id, k) => `u${u},${id},${k}\n`).join('')).join('')}`,
);
const ITEMS = fileOf('items.csv', 'item_id,title\na,Ant\nb,Bee\nc,Cat\nd,Dog\n');
const IDS = fileOf('ids.txt', 'd\nc\nb\na\n');
const VECTORS = fileOf('emb.jsonl', [0, 1, 2, 3].map((row) => `{"embedding":[${row},1]}\n`).join(''));

async function mapped(files: readonly File[]): Promise<{ mappings: SourceMapping[]; at: (name: string) => number }> {
  const { guesses } = await inspectFiles(files);
  const mappings = guesses.map(({ mapping }) => mapping);
  return { mappings, at: (name) => mappings.findIndex((mapping) => mapping.name === name) };
}

const itemsOnly = (mapping: SourceMapping): SourceMapping => ({ ...mapping, part: 'items', roles: { item: 0 } });

describe('rows of another source', () => {
  it('are required if a file of embeddings has no IDs', async () => {
    const { mappings, at } = await mapped([EVENTS, ITEMS, VECTORS]);
    const vectors = { ...mappings[at('emb.jsonl')]!, part: 'items', roles: { embedding: 0 } } as const;
    expect(needsRows(vectors)).toBe(true);
    expect(needsRows({ ...vectors, roles: { embedding: 0, item: 1 } })).toBe(false);
    expect(possibleLeaders(mappings, at('emb.jsonl'))).toEqual(['items.csv']);
  });

  it('can be chosen, and another choice ignores a list of IDs', async () => {
    const { mappings, at } = await mapped([EVENTS, ITEMS, IDS, VECTORS]);
    const vectors = at('emb.jsonl');
    const plain = mappings.map((mapping, index): SourceMapping => {
      if (index === vectors) return { ...mapping, part: 'items', roles: { embedding: 0 } };
      return index === at('ids.txt') ? itemsOnly(mapping) : mapping;
    });
    const byList = followRows(plain, vectors, 'ids.txt');
    expect(byList[vectors]!.rowsOf).toBe('ids.txt');
    const byItems = followRows(byList, vectors, 'items.csv');
    expect(byItems[at('ids.txt')]!.part).toBe('ignored');
    expect(possibleLeaders(byItems, vectors)).toEqual(['items.csv', 'ids.txt']);
    expect(followRows(byItems, vectors, 'ids.txt')).toEqual(byList);
    const nobody = followRows(byItems, vectors, null);
    expect(nobody[vectors]!.rowsOf).toBeUndefined();
    expect(nobody[at('items.csv')]!.part).toBe('items');

    // Row 0 is Ant by items.csv, Dog by ids.txt.
    const first = async (sources: SourceMapping[]): Promise<number | undefined> => {
      const recipe = {
        sources,
        filters: (await readLog([EVENTS, ITEMS])).recipe.filters,
        split: { kind: 'leave-last-out' } as const,
      };
      const { log } = await readLog([EVENTS, ITEMS, IDS, VECTORS], { recipe });
      return log.embeddings?.values[2 * [...log.items].findIndex(({ title }) => title === 'Ant')];
    };
    expect(await first(byItems)).toBe(0);
    expect(await first(byList)).toBe(3);
  });
});

describe('firstRowItems', () => {
  it('names the items in the order of the rows, with titles from any file', async () => {
    const files = [EVENTS, ITEMS, IDS];
    const { sources } = await inspectFiles(files);
    const { mappings, at } = await mapped(files);
    const read = mappings.map((mapping, index) => (index === at('ids.txt') ? itemsOnly(mapping) : mapping));
    expect(await firstRowItems(sources, read, 'ids.txt', 3)).toEqual([
      { id: 'd', title: 'Dog' },
      { id: 'c', title: 'Cat' },
      { id: 'b', title: 'Bee' },
    ]);
    expect(await firstRowItems(sources, read, 'items.csv', 9)).toHaveLength(4);
  });

  it('takes titles from events if no items file has them, and leaves gaps as gaps', async () => {
    const events = fileOf('events.csv', 'user,item,time,title\nu,a,1,Ant\nu,b,2,\nv,b,3,Bee\n');
    const list = fileOf('list.csv', 'item_id,price\na,1\n,2\nb,3\nx,4,5\nz,6\n');
    const { sources, guesses } = await inspectFiles([events, list]);
    const mappings = guesses.map(({ mapping }) => mapping);
    expect(await firstRowItems(sources, mappings, 'list.csv', 9)).toEqual([
      { id: 'a', title: 'Ant' },
      null,
      { id: 'b', title: 'Bee' },
      null,
      { id: 'z', title: '' },
    ]);
  });
});
