/**
 * `karma.prepare` and the page read the same Parquet files to the same log: columns, split, groups of targets
 * and hash.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, it } from 'vitest';
import { logFiles } from '../../src/experiment/job/logFiles';
import { forkRandom, type Random } from '../../src/log/random';
import { readLog, type ReadLog } from '../../src/log/readLog';
import type { LogFilters } from '../../src/recipe/logRecipe';
import { fileOf } from '../../src/testing/smallLogs';
import { skipUnless } from '../../src/testing/skipUnless';

type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];

interface Manifest {
  readonly hash: string;
  readonly items: number;
  readonly users: number;
  readonly summary: Record<string, unknown> & { readonly dropped: readonly { readonly reason: string; readonly rows: number }[] };
  readonly columns: Record<string, { readonly dtype: string; readonly shards: readonly { readonly file: string }[] }>;
}

/** A Python that has pyarrow: the project's own environment, or the system's. */
const withArrow = [path.resolve('.cache/python/bin/python'), '/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import pyarrow.parquet']).status === 0,
);

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Writes files, and the columns that karma.prepare makes of them. */
function prepared(files: Readonly<Record<string, Columns>>, ...options: string[]): { folder: string; sources: File[] } {
  const folder = mkdtempSync(path.join(tmpdir(), 'karma-prepare-'));
  folders.push(folder);
  const sources = Object.entries(files).map(([name, columnData]) => {
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 500 }));
    writeFileSync(path.join(folder, name), bytes);
    return fileOf(name, bytes);
  });
  const inputs = ['--events', path.join(folder, 'events-*.parquet'), '--items', path.join(folder, 'items.parquet')];
  const args = [...inputs, '--out', path.join(folder, 'log'), '--shard-rows', '701', ...options];
  const { status, stderr } = spawnSync(withArrow!, ['-m', 'karma.prepare', ...args], {
    cwd: path.resolve('python'),
    encoding: 'utf8',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return { folder: path.join(folder, 'log'), sources };
}

/** The numbers of a .npy file of one dimension. */
function numbersOf(file: Uint8Array): number[] {
  const bytes = Buffer.from(file);
  const length = bytes.readUInt16LE(8);
  const type = /'descr': '([^']+)'/.exec(bytes.toString('latin1', 10, 10 + length))![1]!;
  const data = Uint8Array.from(bytes.subarray(10 + length)).buffer;
  switch (type) {
    case '<i4':
      return [...new Int32Array(data)];
    case '<u4':
      return [...new Uint32Array(data)];
    case '<i8':
      return Array.from(new BigInt64Array(data), Number);
    case '<f8':
      return [...new Float64Array(data)];
    case '|u1':
      return [...new Uint8Array(data)];
    default:
      throw new Error(type);
  }
}

/** Every column of karma.prepare must be the engine's; the others must be empty there. */
async function expectSame(folder: string, read: ReadLog): Promise<Manifest> {
  const files = new Map((await logFiles('log', read)).map(({ path: file, bytes }) => [file, bytes]));
  const manifest = JSON.parse(readFileSync(path.join(folder, 'columns.json'), 'utf8')) as Manifest;
  const expected = JSON.parse(new TextDecoder().decode(files.get('log/columns.json'))) as Manifest;
  for (const name of Object.keys(expected.columns)) {
    const own = numbersOf(files.get(`log/${name}.npy`)!);
    const column = manifest.columns[name];
    if (column === undefined)
      expect(
        own.every((value) => value <= 0),
        name,
      ).toBe(true);
    else {
      const found = column.shards.flatMap(({ file }) => numbersOf(readFileSync(path.join(folder, file))));
      expect(found.length, name).toBe(own.length);
      expect(
        found.findIndex((value, at) => value !== own[at]),
        name,
      ).toBe(-1);
    }
  }
  expect(Object.keys(manifest.columns).filter((name) => !(name in expected.columns))).toEqual([]);
  expect([manifest.hash, manifest.items, manifest.users]).toEqual([expected.hash, expected.items, expected.users]);
  for (const name of ['users', 'items', 'interactions', 'coldTargets', 'targets', 'queries', 'exposures'] as const)
    expect(manifest.summary[name], name).toBe(expected.summary[name]);
  const byReason = ({ summary }: Manifest): unknown =>
    Object.fromEntries(summary.dropped.map(({ reason, rows }) => [reason, rows]));
  expect(byReason(manifest)).toEqual(byReason(expected));
  expect(existsSync(path.join(folder, 'scratch'))).toBe(false);
  return manifest;
}

/** Popular items are drawn more often; some users have a single event, and some events repeat another. */
function drawn(random: Random, rows: number, users: number, items: number): { user: number; item: number; time: number }[] {
  const events: { user: number; item: number; time: number }[] = [];
  while (events.length < rows) {
    if (events.length > 0 && random.uniform() < 0.05) events.push(events[random.integer(events.length)]!);
    const user = Math.floor(users * random.uniform() ** 1.5);
    const item = Math.floor(items * random.uniform() ** 2);
    events.push({ user, item, time: 1_500_000_000 + random.integer(400) * 10_000 });
  }
  return events.slice(0, rows);
}

describe('karma.prepare', () => {
  skipUnless(withArrow !== undefined, 'no Python here has pyarrow');
  it('writes the page’s columns of two files with gaps, ratings and items without a title', async () => {
    const random = forkRandom(1, 'prepare');
    const events = drawn(random, 4000, 300, 150).map((event) => ({ ...event, rating: 1 + random.integer(5) }));
    const part = (rows: typeof events): Columns => [
      { name: 'user_id', data: rows.map(({ user }, at) => (at % 97 === 3 ? null : ` u ${user}"\\`)), nullable: true },
      { name: 'item_id', data: rows.map(({ item }, at) => (at % 89 === 5 ? 'NA' : `é${item}\u{1f980}`)), nullable: true },
      {
        name: 'timestamp',
        data: rows.map(({ time }, at) => (at % 83 === 7 ? null : time + 0.25)),
        type: 'DOUBLE',
        nullable: true,
      },
      { name: 'rating', data: rows.map(({ rating }, at) => (at % 11 === 0 ? null : rating)), type: 'INT32', nullable: true },
    ];
    // The last ten items of the events are in no row, every ninth has no title, and some are listed twice.
    const listed = [...Array.from({ length: 140 }, (_, at) => (7 * at) % 140), 3, 4];
    const { folder, sources } = prepared(
      {
        'events-0.parquet': part(events.slice(0, 1700)),
        'events-1.parquet': part(events.slice(1700)),
        'items.parquet': [
          { name: 'item_id', data: listed.map((item) => `é${item}\u{1f980}`) },
          {
            name: 'title',
            data: listed.map((item) => (item % 9 === 2 ? null : `A "cup"\tnumber ${item} \u{1f980}`)),
            nullable: true,
          },
          { name: 'price', data: listed.map((item) => (item % 2 === 0 ? item / 4 : null)), type: 'DOUBLE', nullable: true },
          { name: 'description', data: listed.map((item) => `line\n${'x'.repeat(item % 7)}`) },
        ],
      },
      ...['--rating', 'rating', '--least-rating', '2', '--item-core', '9', '--user-core', '4'],
      ...['--price', 'price', '--description', 'description'],
    );
    const filters: Partial<LogFilters> = { leastRating: 2, itemCore: 9, userCore: 4 };
    const manifest = await expectSame(folder, await readLog(sources, { filters, name: 'log' }));
    // Each reason must have been at work.
    const reasons = manifest.summary.dropped.map(({ reason }) => reason);
    for (const reason of ['no user', 'no item', 'no time', 'rating below the minimum', 'item without text'])
      expect(reasons).toContain(reason);
    for (const of of ['item', 'user']) expect(reasons).toContain(`${of} with too few events`);
    expect(reasons).toContain('same user, item and time as an earlier row');
  });

  it('shuffles a catalogue whose numbers tell when an item appeared, and splits baskets', async () => {
    const random = forkRandom(2, 'prepare');
    const events = drawn(random, 3000, 200, 120).sort((a, b) => a.time - b.time);
    const numbers = new Map<number, number>();
    for (const { item } of events) if (!numbers.has(item)) numbers.set(item, 1000 + numbers.size);
    const ids = [...numbers.values()];
    // Of two times in a day, the same for all of its events.
    const { folder, sources } = prepared(
      {
        'events-0.parquet': [
          { name: 'user_id', data: events.map(({ user }) => user), type: 'INT32' },
          { name: 'item_id', data: events.map(({ item }) => numbers.get(item)!), type: 'DOUBLE' },
          { name: 'timestamp', data: events.map(({ time }) => new Date(1000 * (time - (time % 300_000)))), type: 'TIMESTAMP' },
        ],
        'items.parquet': [
          { name: 'item_id', data: ids, type: 'INT32' },
          { name: 'title', data: ids.map((id) => `Lamp ${id % 7}${'y'.repeat(id % 5)}`) },
          { name: 'category', data: ids.map((id) => `a > ${id % 3}`) },
        ],
      },
      ...['--category', 'category', '--split', 'last-basket'],
    );
    const read = await readLog(sources);
    const recipe = { ...read.recipe, split: { kind: 'last-basket' } as const };
    const again = await readLog(sources, { recipe, name: 'log' });
    await expectSame(folder, again);
    const first = again.log.items.at(0).id;
    expect(first).not.toBe(String(ids[0]));
  });
});
