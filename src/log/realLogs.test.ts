/** Real logs against `python/oracle/count_log.py`, which shares no code with this reader. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LogFilters, SplitRecipe } from '../recipe/logRecipe';
import { auditLog } from './audit';
import { readLog, type ReadLog } from './readLog';
import { readSampleLog } from './sample';
import { summariseLog } from './summary';
import { runPython } from '../testing/python';
import { fileOf, logUsers } from '../testing/smallLogs';
import { skipUnless } from '../testing/skipUnless';

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

interface Counts {
  readonly rows: number;
  readonly events: number;
  readonly users: number;
  readonly items: number;
  readonly removed: Readonly<Record<string, number>>;
  readonly tied: number;
  readonly targets: { readonly validation: number; readonly test: number };
  readonly audit: Readonly<Record<string, number>> | null;
  readonly digest: string;
}

/** The counts of the independent script. */
async function recount(...options: readonly string[]): Promise<Counts> {
  const { stdout, stderr } = await runPython('oracle.count_log', options);
  expect(stderr).toBe('');
  return JSON.parse(stdout.toString()) as Counts;
}

/** Checks that the script counts too. */
const COUNTED = ['cold', 'repeats', 'one-hop', 'later-training', 'one-day', 'busy-users', 'precision'];

/** Null in the script: which of simultaneous events is the target is this reader's own rule. */
function auditOf({ log, split, recipe }: ReadLog, tied: number): Counts['audit'] {
  if (recipe.split.kind === 'leave-last-out' && tied > 0) return null;
  const counts = auditLog({ log, split, recipe }).map(({ id, count }) => [id, count] as const);
  return Object.fromEntries(counts.filter(([id]) => COUNTED.includes(id)));
}

function countsOf(read: ReadLog): Counts {
  const { log, split, dropped } = read;
  const events = logUsers(log).flatMap(({ id, events: own }) =>
    own.map(({ item, time }) => [`${id}\t${log.items.at(item).id}\t${time}\n`, `${id} ${time}`] as const),
  );
  const moments = new Map<string, number>();
  for (const [, moment] of events) moments.set(moment, (moments.get(moment) ?? 0) + 1);
  const lines = events.map(([line]) => line).sort();
  const tied = [...moments.values()].reduce((sum, count) => sum + (count > 1 ? count : 0), 0);
  return {
    rows: events.length + dropped.reduce((sum, { rows }) => sum + rows, 0),
    events: events.length,
    users: log.users.length,
    items: log.items.length,
    removed: Object.fromEntries(dropped.map(({ reason, rows }) => [reason, rows])),
    tied,
    targets: { validation: split.validation.length, test: split.test.length },
    audit: auditOf(read, tied),
    digest: createHash('sha256').update(lines.join('')).digest('hex'),
  };
}

/** Filters and split of a recipe, and the same for the script. */
type Variant = readonly [name: string, filters: Partial<LogFilters>, split: SplitRecipe['kind'], options: readonly string[]];

const opened = new Map<string, Promise<ReadLog>>();

/** Files as recognised, read once. */
function asRecognised(files: readonly File[], folder: string): Promise<ReadLog> {
  const known = opened.get(folder);
  if (known !== undefined) return known;
  const read = readLog(files);
  opened.set(folder, read);
  return read;
}

async function readAs(files: readonly File[], folder: string, [, filters, kind]: Variant): Promise<ReadLog> {
  const { recipe } = await asRecognised(files, folder);
  const split = { kind } as SplitRecipe;
  return readLog(files, { recipe: { ...recipe, filters: { ...recipe.filters, ...filters }, split } });
}

describe('the sample log', () => {
  it('is read completely, with unchanged content', async () => {
    const read = await readSampleLog((path) => fileIn('public', path).arrayBuffer());
    const lines = readFileSync(`${SAMPLE}/interactions.csv`, 'utf8').trimEnd().split('\n').slice(1);
    const rows = lines.map((line) => line.split(','));
    expect(summariseLog('sample', read)).toMatchObject({
      name: 'WordNet General Store',
      hash: '1298122e7e6b244a3dc23eb99075d8f3f451c0a7c08577eb244b1ed98f303e4e',
      queries: rows.filter(([, , , query]) => query !== '').length,
      exposures: rows.reduce((sum, [, , , , exposed]) => sum + (exposed === '' ? 0 : exposed!.split(' ').length), 0),
    });
    expect(read.findings.filter(({ level }) => level === 'warning')).toEqual([]);
    const files = ['--events', `${SAMPLE}/interactions.csv`, '--items', `${SAMPLE}/items.csv`];
    expect(countsOf(read)).toEqual(await recount(...files, '--user', 'user_id', '--item', 'item_id', '--time', 'timestamp'));
  });
});

const STARS = ['--rating', 'rating', '--least-rating', '4'];

describe('MovieLens latest-small', () => {
  skipUnless(present(MOVIELENS), `${MOVIELENS} is not on this machine`);
  const names = ['ratings.csv', 'movies.csv'];

  it.each<Variant>([
    ['as it comes', {}, 'leave-last-out', []],
    [
      'four stars and a 5-core',
      { leastRating: 4, itemCore: 5, userCore: 5 },
      'leave-last-out',
      [...STARS, '--item-core', '5', '--user-core', '5'],
    ],
    ['from 2010 on', { from: 1_262_304_000 }, 'last-basket', ['--start', '1262304000', '--split', 'last-basket']],
  ])('%s: counts equal the independent ones', async (...variant) => {
    const read = await readAs(
      names.map((name) => fileIn(`${MOVIELENS}/derived`, name)),
      `${MOVIELENS}/derived`,
      variant,
    );
    const [events, items] = names.map((name) => `${MOVIELENS}/derived/${name}`);
    const columns = ['--user', 'userId', '--item', 'movieId', '--time', 'timestamp'];
    expect(countsOf(read)).toEqual(await recount('--events', events!, '--items', items!, ...columns, ...variant[3]));
    expect([...read.log.items].find(({ id }) => id === '11')).toMatchObject({
      title: 'American President, The (1995)',
      category: 'Comedy|Drama|Romance',
    });
  });

  it('is the same log with the header that some copies have', async () => {
    const [published, copied] = await Promise.all(
      [`${MOVIELENS}/derived`, MOVIELENS].map((folder) =>
        asRecognised(
          names.map((name) => fileIn(folder, name)),
          folder,
        ),
      ),
    );
    expect(copied!.log.hash).toBe(published!.log.hash);
    expect(copied!.recipe.sources.map(({ format }) => format)).toEqual(['MovieLens CSV', 'MovieLens CSV']);
  });
});

describe('UCI Online Retail', () => {
  skipUnless(present(RETAIL), `${RETAIL} is not on this machine`);
  const columns = ['--user', 'CustomerID', '--item', 'StockCode', '--time', 'InvoiceDate', '--title', 'Description'];
  const format = ['--date-format', '%m/%d/%y %H:%M', '--rating', 'Quantity'];

  it.each<Variant>([
    ['as it comes', {}, 'last-basket', ['--least-rating', '1', '--split', 'last-basket']],
    [
      'with returns, a 10-core',
      { leastRating: null, itemCore: 10, userCore: 10 },
      'leave-last-out',
      ['--item-core', '10', '--user-core', '10'],
    ],
  ])('%s: counts equal the independent ones', async (...variant) => {
    const read = await readAs([fileIn(RETAIL, 'online_retail.parquet')], RETAIL, variant);
    const counts = await recount('--events', `${RETAIL}/online_retail.parquet`, ...columns, ...format, ...variant[3]);
    expect(countsOf(read)).toEqual(counts);
    expect(counts.rows).toBe(240_007);
  });

  it('is recognised as baskets', async () => {
    const { recipe } = await asRecognised([fileIn(RETAIL, 'online_retail.parquet')], RETAIL);
    expect(recipe).toMatchObject({ split: { kind: 'last-basket' }, filters: { leastRating: 1 } });
    expect(recipe.sources[0]).toMatchObject({ format: 'UCI Online Retail', timeUnit: 'month-first' });
  });
});
