import { readFileSync } from 'node:fs';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { behaviour } from './behaviour';
import { buildStore, STORE_FOLDER, STORE_USERS } from './makeStore';
import { UNFIT_TITLES } from './unfit';
import { firstDefinition } from './wordnet';

interface ItemRow {
  item_id: string;
  title: string;
  category: string;
  description: string;
}
interface EventRow {
  user_id: string;
  item_id: string;
  timestamp: string;
  query: string;
  exposed: string;
}

/** Map.groupBy, which Node 20 lacks. */
function group<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [value]);
    else known.push(value);
  }
  return groups;
}

const store = buildStore();
const items = Papa.parse<ItemRow>(store.itemsCsv, { header: true, skipEmptyLines: true }).data;
const events = Papa.parse<EventRow>(store.interactionsCsv, { header: true, skipEmptyLines: true }).data;
const byUser = group(events, ({ user_id }) => user_id);
const exposedOf = ({ exposed }: EventRow): string[] => exposed.split(' ').filter((id) => id !== '');

describe('the sample store', () => {
  it('equals public/datasets: run `node tools/store/make.mjs` after a change', () => {
    expect(readFileSync(`${STORE_FOLDER}/items.csv`, 'utf8')).toBe(store.itemsCsv);
    expect(readFileSync(`${STORE_FOLDER}/interactions.csv`, 'utf8')).toBe(store.interactionsCsv);
  });

  it('is small enough for a page', () => {
    expect(store.itemsCsv.length + store.interactionsCsv.length).toBeLessThan(3e6);
  });

  it('has items with distinct, suitable titles, a description and a category', () => {
    expect(new Set(items.map(({ title }) => title.toLowerCase())).size).toBe(items.length);
    for (const { title, category, description } of items) {
      expect(title).not.toMatch(UNFIT_TITLES);
      expect(description).not.toMatch(/"|;\s*$|^\s*$/);
      expect(category).toMatch(/^[^>]+(?: > [^>]+)*$/);
    }
  });

  it('has IDs that reveal nothing about the place in the taxonomy', () => {
    // Rows are in order of ID: if IDs leaked the category, neighbours would share the department more often
    // than by chance.
    const departments = items.map(({ category }) => category.split(' > ')[0]!);
    const shares = [...group(departments, (name) => name).values()].map((same) => same.length / items.length);
    const chance = shares.reduce((sum, share) => sum + share * share, 0);
    const together = departments.filter((name, i) => i > 0 && name === departments[i - 1]).length / (items.length - 1);
    expect(Math.abs(together - chance)).toBeLessThan(4 * Math.sqrt((chance * (1 - chance)) / items.length));
  });

  it('has users with the stated number of events, and times that increase per user and over the file', () => {
    expect(byUser.size).toBe(STORE_USERS);
    for (const own of byUser.values()) {
      expect(own.length).toBeGreaterThanOrEqual(behaviour.events[0]);
      expect(own.length).toBeLessThanOrEqual(behaviour.events[1]);
      own.forEach(({ timestamp }, i) => {
        if (i > 0) expect(Number(timestamp)).toBeGreaterThan(Number(own[i - 1]!.timestamp));
      });
    }
    const times = events.map(({ timestamp }) => Number(timestamp));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)! - times[0]!).toBeLessThan((behaviour.periodDays + 1) * 86400);
  });

  it('restricts cold items to last events, and never shows them', () => {
    const notLast = new Set([...byUser.values()].flatMap((own) => own.slice(0, -1).map(({ item_id }) => item_id)));
    const shown = new Set(events.flatMap(exposedOf));
    for (const id of store.cold) expect(notLast.has(id) || shown.has(id)).toBe(false);
    expect(store.cold.length).toBe(Math.round(behaviour.coldShare * items.length));
    const cold = new Set(store.cold);
    const coldTargets = [...byUser.values()].filter((own) => cold.has(own.at(-1)!.item_id));
    expect(coldTargets.length / byUser.size).toBeGreaterThan(0.1);
    expect(coldTargets.length / byUser.size).toBeLessThan(0.15);
  });

  it('shows 3–6 other items, never the clicked one, on the stated share of events', () => {
    const lists = events.filter(({ exposed }) => exposed !== '');
    for (const event of lists) {
      const shown = exposedOf(event);
      expect(shown).not.toContain(event.item_id);
      expect(new Set(shown).size).toBe(shown.length);
      expect(shown.length).toBeGreaterThanOrEqual(3);
      expect(shown.length).toBeLessThanOrEqual(6);
    }
    expect(Math.abs(lists.length / events.length - behaviour.exposing)).toBeLessThan(0.01);
  });

  it('has queries that derive from the item and never give its whole title', () => {
    const itemOf = new Map(items.map((item) => [item.item_id, item]));
    const searches = events.filter(({ query }) => query !== '');
    for (const { item_id, query } of searches) {
      const { title, category } = itemOf.get(item_id)!;
      expect(`${title} > ${category}`.toLowerCase()).toContain(query);
      expect(query).not.toBe(title.toLowerCase());
    }
    expect(Math.abs(searches.length / events.length - behaviour.query)).toBeLessThan(0.01);
  });

  it('repeats few items, and none in the last two events', () => {
    let repeats = 0;
    for (const own of byUser.values()) {
      const ids = own.map(({ item_id }) => item_id);
      repeats += ids.length - new Set(ids).size;
      for (const at of [ids.length - 1, ids.length - 2]) expect(ids.indexOf(ids[at]!)).toBe(at);
    }
    expect(repeats / events.length).toBeLessThan(0.025);
  });
});

describe('firstDefinition', () => {
  it.each([
    ['a coat; "he wore a coat"', 'a coat'],
    ['a coat (warm; long); for winter', 'a coat (warm; long)'],
    ['a coat: "he wore a coat"', 'a coat'],
    ['a coat.', 'a coat'],
  ])('%s', (gloss, definition) => {
    expect(firstDefinition(gloss)).toBe(definition);
  });
});
