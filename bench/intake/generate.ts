/**
 * A large log, the same for the same seed: events with queries and shown items, and an items file, as CSV or
 * Parquet.
 */
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { once } from 'node:events';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { forkRandom, type Random } from '../../src/log/random';

export interface IntakeSizes {
  readonly events: number;
  readonly items: number;
  readonly users: number;
}

export type IntakeFormat = 'csv' | 'parquet';

const WORDS = [
  ...['amber', 'brass', 'cedar', 'cotton', 'copper', 'dark', 'deep', 'early', 'fine', 'flat', 'glass', 'grand', 'green', 'heavy'],
  ...[
    'ivory',
    'jade',
    'keen',
    'large',
    'light',
    'linen',
    'maple',
    'mild',
    'narrow',
    'oak',
    'old',
    'pale',
    'quiet',
    'red',
    'round',
  ],
  ...['silk', 'small', 'soft', 'steel', 'stone', 'sweet', 'tall', 'teak', 'warm', 'white', 'wide', 'wool', 'young'],
];
const KINDS = ['bowl', 'boot', 'chair', 'clock', 'coat', 'cup', 'drum', 'flute', 'glove', 'hat', 'jar', 'kettle', 'lamp', 'ring'];
/** Shares of events with a query and with shown items, as in the sample store. */
const WITH_QUERY = 0.3;
const WITH_SHOWN = 0.2;
const SHOWN = 4;
const DAYS = 180;
const START = 1_704_067_200;

function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.integer(values.length)]!;
}

/** An item by popularity: rank about log-uniform, so that few have most of the events. */
function popular(random: Random, items: number): number {
  return Math.min(items - 1, Math.floor(items ** random.uniform() + items * 0.2 * random.uniform() ** 2));
}

interface EventRow {
  readonly user_id: string;
  readonly item_id: string;
  readonly timestamp: number;
  readonly query: string;
  readonly exposed: string;
}

const EVENT_COLUMNS = ['user_id', 'item_id', 'timestamp', 'query', 'exposed'] as const;

/** IDs that say nothing about the order of items. */
function idOf(index: number, items: number): string {
  return `B${String((index * 7919 + 13) % (items * 10)).padStart(8, '0')}`;
}

/** Events in time order, as a server writes them. */
function* eventRows({ events, items, users }: IntakeSizes): Generator<EventRow, void> {
  const random = forkRandom(0, 'intake events');
  for (let event = 0; event < events; event++) {
    // The first events name every user, and the next every item, once, so that their numbers are as
    // specified.
    const user = event < users ? event : random.integer(users);
    const item = event >= users && event < users + items ? event - users : popular(random, items);
    const shown = random.uniform() < WITH_SHOWN ? Array.from({ length: SHOWN }, () => idOf(popular(random, items), items)) : [];
    yield {
      user_id: `u${user}`,
      item_id: idOf(item, items),
      timestamp: START + Math.floor((event / events) * DAYS * 86_400),
      query: random.uniform() < WITH_QUERY ? `${pick(random, WORDS)} ${pick(random, KINDS)}` : '',
      exposed: shown.join(' '),
    };
  }
}

const ITEM_COLUMNS = ['item_id', 'title', 'category', 'description', 'price'] as const;

function* itemRows({ items }: IntakeSizes): Generator<readonly string[], void> {
  const random = forkRandom(0, 'intake items');
  for (let item = 0; item < items; item++) {
    const kind = pick(random, KINDS);
    const words = Array.from({ length: 9 }, () => pick(random, WORDS));
    yield [
      idOf(item, items),
      `${words[0]!} ${words[1]!} ${kind} no. ${item}`,
      `${pick(random, WORDS)} > ${kind}`,
      `a ${words.slice(2).join(' and ')} ${kind}, made by hand`,
      (5 + random.integer(10_000) / 100).toFixed(2),
    ];
  }
}

function quoted(cell: string): string {
  return cell.includes(',') ? `"${cell}"` : cell;
}

async function writeCsv(file: string, names: readonly string[], rows: Iterable<readonly string[]>): Promise<void> {
  const out = createWriteStream(file);
  let text = `${names.join(',')}\n`;
  for (const row of rows) {
    text += `${row.map(quoted).join(',')}\n`;
    if (text.length < 1 << 20) continue;
    if (!out.write(text)) await once(out, 'drain');
    text = '';
  }
  out.end(text);
  await once(out, 'close');
}

function* cells(rows: Iterable<EventRow>): Generator<readonly string[], void> {
  for (const row of rows) yield EVENT_COLUMNS.map((name) => String(row[name]));
}

/** Writes the files into a folder. @returns their paths, events first */
export async function generateFiles(folder: string, format: IntakeFormat, sizes: IntakeSizes): Promise<string[]> {
  const [events, items] = ['events', 'items'].map((name) => path.join(folder, `${name}.${format}`)) as [string, string];
  if (format === 'csv') {
    await writeCsv(events, EVENT_COLUMNS, cells(eventRows(sizes)));
    await writeCsv(items, ITEM_COLUMNS, itemRows(sizes));
    return [events, items];
  }
  const rows = [...eventRows(sizes)];
  const eventColumns = EVENT_COLUMNS.map((name) => ({ name, data: rows.map((row) => row[name]) }));
  await writeFile(events, new Uint8Array(parquetWriteBuffer({ columnData: eventColumns, rowGroupSize: 100_000 })));
  const list = [...itemRows(sizes)];
  const itemColumns = ITEM_COLUMNS.map((name, column) => ({ name, data: list.map((row) => row[column]!) }));
  await writeFile(items, new Uint8Array(parquetWriteBuffer({ columnData: itemColumns, rowGroupSize: 100_000 })));
  return [events, items];
}
